package dev.rehearsal.environment;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A cluster in the making: the same from every runtime, so that one can be cloned for another. */
final class NewCluster {
    private static final String ACCESS_FILE = "pg_hba.conf";
    /** The superuser of every cluster made here. */
    static final String USER = "postgres";

    /** Superusers can run programs: other users of this machine must not become one. Goes with the data directory into its clones. */
    private static final String PASSWORD_FILE = "harness.password";

    private final Path directory;
    private final Path passwordFile;

    private NewCluster(Path directory, Path passwordFile) {
        this.directory = directory;
        this.passwordFile = passwordFile;
    }

    /** Runs initdb. */
    @FunctionalInterface
    interface Initdb {
        void run(NewCluster cluster) throws EnvironmentException, IOException;
    }

    /** @param directory does not exist yet */
    static void make(Path directory, Initdb initdb) throws EnvironmentException {
        Path passwordFile = directory.resolveSibling(directory.getFileName() + ".password");
        try {
            Files.createDirectories(directory.getParent());
            Files.createDirectory(
                    directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Files.deleteIfExists(passwordFile);
            Files.createFile(
                    passwordFile, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(passwordFile, newPassword());
            initdb.run(new NewCluster(directory, passwordFile));
            Files.move(passwordFile, directory.resolve(PASSWORD_FILE));
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot make a database cluster in " + directory + ": " + e,
                    "Make sure that the directory does not exist, and that the one above it is writable.",
                    e);
        } finally {
            deleteQuietly(passwordFile);
        }
    }

    Path directory() {
        return directory;
    }

    Path passwordFile() {
        return passwordFile;
    }

    List<String> initdbArguments(PostgresVersion version) {
        List<String> arguments = new ArrayList<>(List.of(
                "--pgdata=" + directory,
                "--username=" + USER,
                "--auth=password",
                "--pwfile=" + passwordFile,
                "--encoding=UTF8",
                // Some seconds on a busy disk; whoever keeps the cluster syncs it.
                "--no-sync"));
        if (version.major() >= 14) {
            arguments.add("--no-instructions");
        }
        // The same order of text on every machine, whatever its C library knows.
        arguments.addAll(
                version.major() >= 17
                        ? List.of("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
                        : List.of("--locale=C"));
        if (version.major() >= 16) {
            // The password is random and long: hashing it thousands of times would only make connecting slower than it
            // is.
            arguments.addAll(List.of("--set", "scram_iterations=1"));
        }
        return arguments;
    }

    /**
     * Makes a cluster of somebody else's one like those made here: its superuser, its password, who may connect. Who is not yet known cannot connect before, so
     * it is done by a server in single-user mode, which recovers the cluster first.
     */
    static void adopt(Path directory, Adoption adoption) throws EnvironmentException {
        Path script = directory.resolve("harness.adopt.sql");
        try {
            String password = newPassword();
            Files.deleteIfExists(directory.resolve(PASSWORD_FILE));
            Files.createFile(
                    directory.resolve(PASSWORD_FILE),
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(directory.resolve(PASSWORD_FILE), password);
            Files.writeString(directory.resolve(ACCESS_FILE), """
                    local all         all              password
                    host  all         all 127.0.0.1/32 password
                    host  all         all ::1/128      password
                    host  replication all 127.0.0.1/32 password
                    """);
            // A line is a statement there.
            Files.deleteIfExists(script);
            Files.createFile(
                    script, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(
                    script,
                    "do $$ begin if not exists (select from pg_roles where rolname = '%1$s') then create role %1$s; end if; end $$;\n"
                                    .formatted(USER)
                            + "alter role %s superuser createdb createrole replication login connection limit -1 valid until 'infinity' password '%s';\n"
                                    .formatted(USER, password));
            adoption.run(
                    List.of("sh", "-c", "exec \"$0\" --single -D \"$1\" template1 < \"$2\""),
                    List.of(directory.toString(), script.toString()));
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot make a cluster of the backup in " + directory + ": " + e,
                    "Make sure that the disk has room and can be written to.",
                    e);
        } finally {
            deleteQuietly(script);
        }
    }

    /** Runs a server's program in single-user mode, to its end. */
    @FunctionalInterface
    interface Adoption {
        /** @param shell to which the program follows, and then {@code arguments} */
        void run(List<String> shell, List<String> arguments) throws EnvironmentException, IOException;
    }

    static EnvironmentException notRecovered(int exitCode, String lastLines) {
        return new EnvironmentException(
                "the base backup does not recover: the server ended with " + exitCode + ":\n" + lastLines,
                "Take the backup with its write-ahead log (pg_basebackup -X stream or fetch), from a server of the same kind of machine.");
    }

    static EnvironmentException failed(int exitCode, String lastLines) {
        return new EnvironmentException(
                "initdb ended with " + exitCode + ":\n" + lastLines,
                "See its output above; the usual reason is a disk that is full or not writable.");
    }

    /** Of a cluster that was made here, or a clone of one. */
    static String password(Path dataDirectory) throws IOException {
        return Files.readString(dataDirectory.resolve(PASSWORD_FILE), StandardCharsets.US_ASCII)
                .strip();
    }

    private static String newPassword() {
        byte[] bytes = new byte[16];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static void deleteQuietly(Path file) {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // It holds nothing of worth; the real error is on its way already.
        }
    }

    /**
     * Has the server over these data, when it starts, take passwords only as secrets: a pooler passes on what it has never seen in plain text.
     *
     * @param directory a clone's
     */
    static void takeSecretsAlone(Path directory) throws EnvironmentException {
        Path access = directory.resolve(ACCESS_FILE);
        try {
            // "md5" takes whichever secret the server keeps of a role.
            Files.writeString(access, Files.readString(access).replaceAll("(?m)(?<=\\s)password$", "md5"));
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot change " + access + ": " + e,
                    "Check that the disk is not full and the directory writable.",
                    e);
        }
    }
}
