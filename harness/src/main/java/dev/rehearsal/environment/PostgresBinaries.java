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
 * A PostgreSQL installation.
 *
 * @param directory absolute, holds {@code initdb} and {@code postgres}
 * @param version as {@code postgres --version} says it, such as {@code 18.6}
 */
record PostgresBinaries(Path directory, String version) {
    private static final Pattern VERSION = Pattern.compile("\\(PostgreSQL\\) ([0-9]+[0-9.a-z]*)");

    /** The installation in a directory that the user named. */
    static PostgresBinaries at(Path directory) throws EnvironmentException {
        for (String program : List.of("initdb", "postgres")) {
            if (!Files.isExecutable(directory.resolve(program))) {
                throw new EnvironmentException(
                        "environment.binaries: " + directory + " holds no executable '" + program + "'",
                        "Name the directory of a PostgreSQL server's own programs, e.g. /usr/lib/postgresql/18/bin,"
                                + " or leave 'binaries' away to use those that come with the harness.");
            }
        }
        return new PostgresBinaries(directory.toAbsolutePath(), versionOf(directory.resolve("postgres")));
    }

    /** The part of the version that decides compatibility, such as 18. */
    PostgresVersion majorVersion() {
        Matcher digits = Pattern.compile("^[0-9]+").matcher(version);
        return new PostgresVersion(digits.find() ? Integer.parseInt(digits.group()) : 0);
    }

    Path initdb() {
        return directory.resolve("initdb");
    }

    Path postgres() {
        return directory.resolve("postgres");
    }

    static String versionOf(Path postgres) throws EnvironmentException {
        String remedy = "Check that it is a PostgreSQL server for this machine and that its libraries are installed.";
        try {
            Commands.Result result = Commands.run(List.of(postgres.toString(), "--version"));
            Matcher matcher = VERSION.matcher(result.output());
            if (result.exitCode() != 0 || !matcher.find()) {
                throw new EnvironmentException(
                        postgres + " --version ended with " + result.exitCode() + ": " + result.lastLines(), remedy);
            }
            return matcher.group(1);
        } catch (IOException e) {
            throw new EnvironmentException(postgres + " does not run: " + e.getMessage(), remedy, e);
        }
    }
}
