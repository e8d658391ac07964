package dev.rehearsal.environment;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An image with a PostgreSQL server in it.
 *
 * @param version as {@code postgres --version} in it says, such as {@code 18.6}
 */
record ServerImage(String name, String id, String version) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+[0-9.a-z]*)");

    static ServerImage of(ContainerImages.Found image, EngineClient client, ContainerUser user, Path cache)
            throws EnvironmentException {
        String version = VersionInImage.of(
                "postgres",
                VERSION,
                image,
                client,
                user,
                cache,
                ended -> new EnvironmentException(
                        "the image " + image.name() + " is not PostgreSQL: 'postgres --version' in it ended with "
                                + ended.exitCode() + ": " + ended.output().strip(),
                        "Name an image that behaves like the official one, such as postgres:18, in environment.image."));
        return new ServerImage(image.name(), image.id(), version);
    }

    /** Such as 18. */
    PostgresVersion majorVersion() {
        Matcher digits = Pattern.compile("^[0-9]+").matcher(version);
        return new PostgresVersion(digits.find() ? Integer.parseInt(digits.group()) : 0);
    }
}
