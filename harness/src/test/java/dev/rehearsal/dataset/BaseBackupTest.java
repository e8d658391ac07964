package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.LocalServers;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.RestoreFormat;
import dev.rehearsal.scenario.RestoreSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Physical backups of a server that was being written to, by its own functions, as {@code pg_basebackup} takes them. */
class BaseBackupTest {
    @TempDir
    Path temporary;

    @Test
    void aBackupBecomesASnapshotWithNothingOfItOutside() throws Exception {
        Path backup = backup();
        LocalServers servers = TestCluster.servers();
        SnapshotStore store = new SnapshotStore(temporary.resolve("cache"), servers);

        Snapshot restored =
                store.obtain(spec(backup, RestoreFormat.BASE_BACKUP_DIRECTORY, "shop"), 42, BuildProgress.SILENT);

        Map<String, Long> expected = Map.of("placed", 100L, "orders", 300L);
        assertThat(restored.rows()).isEqualTo(expected);
        assertThat(SnapshotStore.notes(restored))
                .containsExactly(
                        "the settings of the backup's postgresql.conf are not taken over; write those that matter in"
                                + " environment.settings",
                        "the database shop is called rehearsal here");
        assertThat(SnapshotStore.tables(restored)
                        .orElseThrow()
                        .schema()
                        .tables()
                        .get("orders")
                        .key())
                .contains("id");
        String before = checksum(restored.dataDirectory());
        Path clone = temporary.resolve("clone");
        Cloner.between(restored.dataDirectory(), temporary).copy(restored.dataDirectory(), clone);
        try (ServerLauncher.RunningServer server = servers.start(clone, Map.of())) {
            String url = server.jdbcUrl(Snapshot.DATABASE);
            assertThat(ask(url, "select sum(id) from placed")).isEqualTo("5050");
            assertThat(ask(url, "show archive_mode")).isEqualTo("off");
            ask(
                    url,
                    "with gone as (delete from placed returning 1), more as (insert into orders select i + 1000 from"
                            + " generate_series(1, 100) i returning 1) select count(*) from gone");
            ask(url, "select 1 from pg_switch_wal()");
        }
        assertThat(checksum(restored.dataDirectory()))
                .as("writing to the clone leaves the snapshot alone")
                .isEqualTo(before);
        assertThat(SnapshotManifest.damage(restored.directory())).isEmpty();

        Path tars = Files.createDirectories(temporary.resolve("tars"));
        run(
                "tar",
                "-czf",
                tars.resolve("base.tar.gz").toString(),
                "-C",
                backup.toString(),
                "--exclude=./pg_tblspc/*",
                ".");
        Path space = temporary.resolve("space");
        run(
                "tar",
                "-cf",
                tars.resolve(Files.readString(temporary.resolve("oid")) + ".tar")
                        .toString(),
                "-C",
                space.toString(),
                ".");
        assertThat(store.obtain(spec(tars, RestoreFormat.BASE_BACKUP_TAR, "shop"), 42, BuildProgress.SILENT)
                        .rows())
                .isEqualTo(expected);
        assertThatThrownBy(() -> store.obtain(
                        spec(backup, RestoreFormat.BASE_BACKUP_DIRECTORY, "shpo"), 42, BuildProgress.SILENT))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("holds no database shpo; it has postgres, rehearsal, shop");
    }

    @Test
    void saysWhatIsWrongWithABackup() throws Exception {
        Path backup = Files.createDirectories(temporary.resolve("other"));
        Files.writeString(backup.resolve("PG_VERSION"), "15\n");
        LocalServers servers = TestCluster.servers();
        SnapshotStore store = new SnapshotStore(temporary.resolve("cache"), servers);

        assertThatThrownBy(() -> store.obtain(
                        spec(backup, RestoreFormat.BASE_BACKUP_DIRECTORY, "shop"), 42, BuildProgress.SILENT))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(
                        "is a base backup of PostgreSQL 15, and the scenario's servers are " + servers.serverVersion()
                                + ", which cannot read it; write environment: { version: \"15\" } and name its programs or its"
                                + " image, or restore a dump");
        Files.writeString(backup.resolve("postmaster.pid"), "1");
        assertThatThrownBy(() -> store.obtain(
                        spec(backup, RestoreFormat.BASE_BACKUP_DIRECTORY, "shop"), 42, BuildProgress.SILENT))
                .hasMessageStartingWith("is the data directory of a server that runs, or was killed (postmaster.pid)");
        Path tar = Files.writeString(temporary.resolve("base.tar"), "no tar at all");
        assertThatThrownBy(
                        () -> store.obtain(spec(tar, RestoreFormat.BASE_BACKUP_TAR, "shop"), 42, BuildProgress.SILENT))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessageStartingWith("base.tar is damaged: tar: ");
        SnapshotStore full = new SnapshotStore(temporary.resolve("cache"), servers, directory -> 1 << 20);
        assertThatThrownBy(
                        () -> full.obtain(spec(tar, RestoreFormat.BASE_BACKUP_TAR, "shop"), 42, BuildProgress.SILENT))
                .isInstanceOf(EnvironmentException.class)
                .hasMessageStartingWith("restoring base takes about 257 MB, but ");
        assertThat(store.list()).isEmpty();
        try (Stream<Path> left = Files.list(temporary.resolve("cache/snapshots"))) {
            assertThat(left.filter(Files::isDirectory)).isEmpty();
        }
    }

    @Test
    void findsPgRestoreOnThePathOrWhereDebianHasIt() throws Exception {
        for (String version : List.of("9", "15", "18")) {
            Path program = temporary.resolve("debian").resolve(version).resolve("bin/pg_restore");
            Files.createDirectories(program.getParent());
            assertThat(Files.createFile(program).toFile().setExecutable(true)).isTrue();
        }
        Path debian = temporary.resolve("debian");
        Path onPath = debian.resolve("15/bin");

        assertThat(PgRestore.find(Map.of("PATH", "/nowhere::" + onPath), debian))
                .contains(onPath.resolve("pg_restore"));
        assertThat(PgRestore.find(Map.of("PATH", "/nowhere"), debian)).contains(debian.resolve("18/bin/pg_restore"));
        assertThat(PgRestore.find(Map.of(), temporary.resolve("none"))).isEmpty();
    }

    /** With a tablespace elsewhere, an archive that must not be written to, and a standby's signal. */
    private Path backup() throws Exception {
        Path data = TestCluster.clone(temporary.resolve("production"));
        Path space = Files.createDirectories(temporary.resolve("space"));
        Path backup = temporary.resolve("backup");
        try (LocalServer server = TestCluster.servers()
                .start(data, Map.of("fsync", "off", "wal_level", "replica", "allow_in_place_tablespaces", "on"))) {
            ask(server.jdbcUrl("postgres"), "select 1");
            execute(server.jdbcUrl("postgres"), "create database shop");
            String shop = server.jdbcUrl("shop");
            execute(shop, "create tablespace fast location ''");
            execute(shop, "create table placed (id int primary key) tablespace fast");
            execute(shop, "insert into placed select generate_series(1, 100)");
            execute(shop, "create table orders (id int primary key)");
            execute(shop, "insert into orders select generate_series(1, 200)");
            Files.writeString(
                    temporary.resolve("oid"), ask(shop, "select oid::text from pg_tablespace where spcname = 'fast'"));
            try (Connection connection = DriverManager.getConnection(shop);
                    Statement statement = connection.createStatement()) {
                statement.execute("select pg_backup_start('test', true)");
                statement.execute("insert into orders select generate_series(201, 300)");
                run("cp", "-a", data.toString(), backup.toString());
                try (ResultSet stopped = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                    stopped.next();
                    Files.writeString(backup.resolve("backup_label"), stopped.getString(1));
                }
            }
            // The log up to the end of the backup, as pg_basebackup streams it.
            run(
                    "cp",
                    "-a",
                    data.resolve("pg_wal") + "/.",
                    backup.resolve("pg_wal").toString());
        }
        Files.delete(backup.resolve("postmaster.pid"));
        Path link = backup.resolve("pg_tblspc").resolve(Files.readString(temporary.resolve("oid")));
        run("cp", "-a", link + "/.", space.toString());
        DirectoryTree.delete(link);
        Files.createSymbolicLink(link, space);
        Files.writeString(backup.resolve("standby.signal"), "");
        Files.writeString(backup.resolve("postgresql.auto.conf"), "archive_mode = on\narchive_command = 'false'\n");
        return backup;
    }

    private static RestoreSpec spec(Path source, RestoreFormat format, String database) {
        return new RestoreSpec(source, format, Optional.of(database));
    }

    private static void run(String... command) throws Exception {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
    }

    private static void execute(String url, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static String ask(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }

    private String checksum(Path directory) throws Exception {
        return new ContentDigest(temporary.resolve("digests")).of(directory);
    }
}
