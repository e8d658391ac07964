package dev.rehearsal.environment;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image with a PostgreSQL server in it.
 *
 * @param version as {@code postgres --version} in it says, such as {@code 18.6}
 */
record ServerImage(String name, String id, String version) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+[0-9.a-z]*)");

    /** Asks the image, once: an id means the same for ever, so the answer is kept in the cache. */
    static ServerImage of(ContainerImages.Found image, EngineClient client, ContainerUser user, Path cache)
            throws EnvironmentException {
        Path answer = cache.resolve("images").resolve(image.id().replace(':', '-') + ".version");
        try {
            if (Files.isRegularFile(answer)) {
                return new ServerImage(
                        image.name(), image.id(), Files.readString(answer).strip());
            }
            EngineClient.Ended ended = client.run(
                    new EngineClient.OneShot(image.id(), user.text(), List.of("postgres", "--version"), List.of()));
            Matcher version = VERSION.matcher(ended.output());
            if (ended.exitCode() != 0 || !version.find()) {
                throw new EnvironmentException(
                        "the image " + image.name() + " is not PostgreSQL: 'postgres --version' in it ended with "
                                + ended.exitCode() + ": " + ended.output().strip(),
                        "Name an image that behaves like the official one, such as postgres:18, in environment.image.");
            }
            Files.createDirectories(answer.getParent());
            Files.writeString(answer, version.group(1) + "\n");
            return new ServerImage(image.name(), image.id(), version.group(1));
        } catch (IOException e) {
            throw new EnvironmentException(
                    "the cache is not writable: " + e,
                    "Make it writable for the user who runs the harness, or choose another cache directory.",
                    e);
        }
    }

    /** Such as 18. */
    PostgresVersion majorVersion() {
        Matcher digits = Pattern.compile("^[0-9]+").matcher(version);
        return new PostgresVersion(digits.find() ? Integer.parseInt(digits.group()) : 0);
    }
}
