package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a program in an image says of its version. An image's id means the same for ever, so each is asked once, and the answer kept in the cache. */
final class VersionInImage {
    private VersionInImage() {}

    /**
     * @param program that is run with {@code --version}
     * @param version whose first group it is
     * @param refusal what is wrong when it does not say it, of what it does instead
     */
    static String of(
            String program,
            Pattern version,
            ContainerImages.Found image,
            EngineClient client,
            ContainerUser user,
            Path cache,
            Function<EngineClient.Ended, EnvironmentException> refusal)
            throws EnvironmentException {
        Path answer = cache.resolve("images").resolve(image.id().replace(':', '-') + "." + program + ".version");
        try {
            if (Files.isRegularFile(answer)) {
                return Files.readString(answer).strip();
            }
            EngineClient.Ended ended = client.run(
                    new EngineClient.OneShot(image.id(), user.text(), List.of(program, "--version"), List.of()));
            Matcher said = version.matcher(ended.output());
            if (ended.exitCode() != 0 || !said.find()) {
                throw refusal.apply(ended);
            }
            Files.createDirectories(answer.getParent());
            Files.writeString(answer, said.group(1) + "\n");
            return said.group(1);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "the cache is not writable: " + e,
                    "Make it writable for the user who runs the harness, or choose another cache directory.",
                    e);
        }
    }
}
