package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.RestoreFormat;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.SourceLocation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Makes a snapshot of a physical backup: the same bytes, recovered once, with the harness's own access and none of production's ties to the outside.
 *
 * <p>Production's settings stay away: they name its disks, its archive, its libraries and its memory. So do standby and recovery signals, and
 * subscriptions, which would go on taking from the publisher. What lies in tablespaces comes into the directory, so that no clone shares it.
 */
final class BaseBackup {

    /** Of a table with its indexes; larger ones are estimated. */
    private static final long MOST_COUNTED_BYTES = 4L << 30;

    private static final List<String> NOT_OURS =
            List.of("standby.signal", "recovery.signal", "recovery.conf", "postmaster.opts", "tablespace_map");

    private final RestoreSpec spec;
    private final ServerLauncher launcher;
    private final BuildProgress progress;
    private final List<String> notes = new ArrayList<>();

    BaseBackup(RestoreSpec spec, ServerLauncher launcher, BuildProgress progress) {
        this.spec = spec;
        this.launcher = launcher;
        this.progress = progress;
    }

    /** @param data does not exist yet; afterwards a stopped server's */
    RestoredFile build(Path data)
            throws EnvironmentException, InvalidScenarioException, InterruptedException, IOException {
        progress.phase("copying the base backup");
        if (spec.format() == RestoreFormat.BASE_BACKUP_TAR) {
            unpack(data);
        } else {
            requireNoServer();
            Cloner.between(spec.source(), data.getParent()).copyWithLinks(spec.source(), data);
        }
        requireVersion(data);
        takeIn(data);
        putAside(data);
        try {
            CloneCheck.requireOwn(data);
        } catch (IOException elsewhere) {
            throw problem("cannot become a snapshot: " + elsewhere.getMessage());
        }
        progress.phase("recovering the base backup");
        launcher.adopt(data);
        Map<String, String> settings = new HashMap<>(DatasetBuilder.BUILD_SETTINGS);
        settings.put("max_logical_replication_workers", "0");
        return BuildServer.run(launcher, data, settings, "restoring the base backup", server -> {
            choose(server);
            RestoredFile restored = describe(server.jdbcUrl(Snapshot.DATABASE));
            progress.phase("writing to disk");
            DatasetBuilder.keepFewSegments(server.jdbcUrl("postgres"));
            return restored;
        });
    }

    private InvalidScenarioException problem(String message) {
        return new InvalidScenarioException(List.of(new Problem(
                new SourceLocation(DatasetPlaces.shown(spec.source()), 1, 1), "dataset.restore", message, "")));
    }

    // ---- files --------------------------------------------------------------------------------------------------

    private void requireNoServer() throws InvalidScenarioException {
        if (Files.exists(spec.source().resolve("postmaster.pid"))
                && !Files.exists(spec.source().resolve("backup_label"))) {
            throw problem(
                    "is the data directory of a server that runs, or was killed (postmaster.pid); stop that cleanly, or"
                            + " take a backup with pg_basebackup");
        }
    }

    private void unpack(Path data)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        Path directory =
                Files.isDirectory(spec.source()) ? spec.source() : spec.source().getParent();
        Path base = Files.isDirectory(spec.source()) ? tar(directory, "base") : spec.source();
        untar(base, data);
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            throw problem(
                    "holds no data directory: there is no PG_VERSION at its top; name base.tar of pg_basebackup -Ft");
        }
        if (Files.exists(tar(directory, "pg_wal"))) {
            untar(tar(directory, "pg_wal"), data.resolve("pg_wal"));
        }
        Path links = data.resolve("pg_tblspc");
        if (Files.isDirectory(links)) {
            for (Path link : list(links)) {
                Files.delete(link);
            }
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String oid = file.getFileName().toString().replaceFirst("\\.tar(\\.gz)?$", "");
                if (oid.matches("[0-9]+")) {
                    untar(file, links.resolve(oid));
                }
            }
        }
    }

    private static Path tar(Path directory, String name) {
        Path plain = directory.resolve(name + ".tar");
        return Files.exists(plain) ? plain : directory.resolve(name + ".tar.gz");
    }

    private void untar(Path file, Path target)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        Files.createDirectories(target);
        Process tar;
        try {
            tar = new ProcessBuilder("tar", "-xf", file.toString(), "-C", target.toString(), "--no-same-owner")
                    .redirectErrorStream(true)
                    .start();
        } catch (IOException none) {
            throw new EnvironmentException(
                    "unpacking " + file + " needs tar: " + none.getMessage(),
                    "install tar, or unpack it yourself",
                    none);
        }
        try {
            tar.getOutputStream().close();
            String said = new String(tar.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (tar.waitFor() != 0) {
                if (said.contains("No space left")) {
                    throw new IOException(said.lines().findFirst().orElse("No space left on device"));
                }
                throw problem(file.getFileName() + " is damaged: "
                        + said.lines().findFirst().orElse("tar ended with exit code " + tar.exitValue()));
            }
        } finally {
            tar.destroyForcibly();
        }
    }

    private void requireVersion(Path data) throws InvalidScenarioException, EnvironmentException, IOException {
        String version = Files.readString(data.resolve("PG_VERSION")).strip();
        String server = launcher.serverVersion();
        if (!server.equals(version) && !server.startsWith(version + ".")) {
            throw problem("is a base backup of PostgreSQL " + version + ", and the scenario's servers are " + server
                    + ", which cannot read it; write environment: { version: \"" + version
                    + "\" } and name its programs or its image, or restore a dump");
        }
    }

    /** What the directory only points to: its log, its tablespaces. Nothing that a clone may write is to be outside it. */
    private void takeIn(Path data) throws IOException, EnvironmentException, InterruptedException {
        List<Path> all = new ArrayList<>(List.of(data.resolve("pg_wal")));
        if (Files.isDirectory(data.resolve("pg_tblspc"))) {
            all.addAll(list(data.resolve("pg_tblspc")));
        }
        for (Path link : all) {
            if (Files.isSymbolicLink(link)) {
                Path outside = link.toRealPath();
                Files.delete(link);
                Cloner.between(data, data).copy(outside, link);
            }
        }
    }

    private static List<Path> list(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.toList();
        }
    }

    private void putAside(Path data) throws IOException {
        for (String name : NOT_OURS) {
            Files.deleteIfExists(data.resolve(name));
        }
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        for (String name : List.of("postgresql.conf", "postgresql.auto.conf", "pg_hba.conf", "pg_ident.conf")) {
            Path file = data.resolve(name);
            if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(file, data.resolve(name + ".of-production"), StandardCopyOption.REPLACE_EXISTING);
            }
        }
        // A directory in place of a link to one is a tablespace too, for who says so.
        boolean tablespaces = Files.isDirectory(data.resolve("pg_tblspc"))
                && !list(data.resolve("pg_tblspc")).isEmpty();
        Files.writeString(data.resolve("postgresql.conf"), tablespaces ? "allow_in_place_tablespaces = on\n" : "");
        Files.writeString(data.resolve("postgresql.auto.conf"), "");
        Files.writeString(data.resolve("pg_ident.conf"), "");
        Files.createDirectories(data.resolve("pg_wal"));
        Files.setPosixFilePermissions(data, PosixFilePermissions.fromString("rwx------"));
        notes.add("the settings of the backup's postgresql.conf are not taken over; write those that matter in"
                + " environment.settings");
    }

    // ---- databases ----------------------------------------------------------------------------------------------

    /** The database to rehearse on gets the name that all of them have here. */
    private void choose(ServerLauncher.RunningServer server) throws SQLException, InvalidScenarioException {
        List<String> databases = texts(
                server.jdbcUrl("template1"),
                "select datname from pg_database where datallowconn and not datistemplate order by datname");
        List<String> own =
                databases.stream().filter(name -> !name.equals("postgres")).toList();
        for (String database : databases) {
            dropSubscriptions(server.jdbcUrl(database));
        }
        String wanted =
                spec.database().orElseGet(() -> own.size() == 1 ? own.getFirst() : own.isEmpty() ? "postgres" : "");
        if (wanted.isEmpty()) {
            throw problem("holds the databases " + String.join(", ", own)
                    + "; say which one to rehearse on, e.g. database: " + own.getFirst());
        }
        if (!databases.contains(wanted)) {
            throw problem("holds no database " + wanted + "; it has " + String.join(", ", databases));
        }
        String url = server.jdbcUrl("template1");
        if (!wanted.equals(Snapshot.DATABASE)) {
            if (databases.contains(Snapshot.DATABASE)) {
                execute(
                        url,
                        "alter database " + Snapshot.DATABASE + " rename to " + Snapshot.DATABASE + "_of_production");
            }
            execute(url, "alter database " + quoted(wanted) + " rename to " + Snapshot.DATABASE);
            notes.add("the database " + wanted + " is called " + Snapshot.DATABASE + " here");
        }
        if (!databases.contains("postgres") || wanted.equals("postgres")) {
            execute(url, "create database postgres");
        }
    }

    private void dropSubscriptions(String url) throws SQLException {
        for (String name : texts(
                url,
                "select subname from pg_subscription where subdbid = (select oid from pg_database where datname ="
                        + " current_database())")) {
            execute(url, "alter subscription " + quoted(name) + " disable");
            execute(url, "alter subscription " + quoted(name) + " set (slot_name = none)");
            execute(url, "drop subscription " + quoted(name));
            notes.add("the subscription " + name + " is left out: a copy must not take what the publisher has for the"
                    + " original");
        }
    }

    private RestoredFile describe(String url) throws SQLException {
        progress.phase("counting rows");
        try (Connection connection = DriverManager.getConnection(url)) {
            DescribedDatabase described = DescribedDatabase.of(connection, MOST_COUNTED_BYTES);
            notes.addAll(described.notes());
            return new RestoredFile(described.tables(), notes);
        }
    }

    private static List<String> texts(String url, String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
