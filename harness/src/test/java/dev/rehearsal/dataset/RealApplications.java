package dev.rehearsal.dataset;

import dev.rehearsal.environment.LocalServers;
import dev.rehearsal.environment.TestCluster;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.resource.DirectoryResourceAccessor;
import org.flywaydb.core.Flyway;

/**
 * The schemas of real applications, out of the packages that they are distributed in: their files as they are, or what their own migrations make on an
 * older server, as pg_dump writes it. Nothing of theirs is kept in this project.
 */
final class RealApplications {
    /** Older than the pg_dump of any distribution that we are tested on. */
    private static final int MIGRATED_ON = 14;

    private final Path folder;
    private final ApplicationPackages packages;

    /** @param folder for what is unpacked and made */
    RealApplications(Path folder) {
        this.folder = folder;
        this.packages = new ApplicationPackages(folder);
    }

    /** The schema of an application by its name, as a file. */
    Path schema(String application) throws Exception {
        return switch (application) {
            case "camunda" -> camunda();
            case "dspace" -> migrated("dspace", this::migrateDSpace);
            case "icinga" ->
                files("icinga", packages.debian("icinga2-ido-pgsql"), "usr/share/icinga2-ido-pgsql/schema/pgsql.sql");
            case "keycloak" -> migrated("keycloak", this::migrateKeycloak);
            case "mediawiki" ->
                files(
                        "mediawiki",
                        packages.debian("mediawiki"),
                        "usr/share/mediawiki/maintenance/postgres/tables-generated.sql",
                        "usr/share/mediawiki/maintenance/postgres/tables.sql");
            case "zabbix" ->
                files("zabbix", packages.debian("zabbix-server-pgsql"), "usr/share/zabbix-server-pgsql/schema.sql.gz");
            default -> throw new IllegalArgumentException(application);
        };
    }

    private Path files(String name, Path unpacked, String... files) throws IOException {
        StringBuilder schema = new StringBuilder();
        for (String file : files) {
            try (InputStream raw = Files.newInputStream(unpacked.resolve(file));
                    InputStream text = file.endsWith(".gz") ? new GZIPInputStream(raw) : raw) {
                schema.append(new String(text.readAllBytes(), StandardCharsets.UTF_8))
                        .append('\n');
            }
        }
        return Files.writeString(folder.resolve(name + ".sql"), schema);
    }

    private Path camunda() throws Exception {
        Path unpacked = packages.maven("org.camunda.bpm:camunda-engine:7.24.0", "org/camunda/bpm/engine/db/create/");
        String create = "org/camunda/bpm/engine/db/create/activiti.postgres.create.";
        return files(
                "camunda",
                unpacked,
                Stream.of(
                                "engine",
                                "history",
                                "identity",
                                "case.engine",
                                "case.history",
                                "decision.engine",
                                "decision.history")
                        .map(part -> create + part + ".sql")
                        .toArray(String[]::new));
    }

    private interface Migration {
        void run(String jdbcUrl) throws Exception;
    }

    private Path migrated(String name, Migration migration) throws Exception {
        LocalServers servers = TestCluster.servers(MIGRATED_ON);
        Path data = TestCluster.clone(folder.resolve(name + "-data"), MIGRATED_ON);
        Path schema = folder.resolve(name + ".sql");
        try (ServerLauncher.RunningServer server = servers.start(data, Map.of("fsync", "off"))) {
            String url = server.jdbcUrl(Snapshot.DATABASE);
            migration.run(url);
            ApplicationPackages.run(
                    folder, "pg_dump", "--schema-only", "--file", schema.toString(), BuildingDatabase.libpqUri(url));
        }
        return schema;
    }

    private void migrateDSpace(String jdbcUrl) throws Exception {
        Flyway.configure()
                .dataSource(jdbcUrl, null, null)
                .locations("filesystem:" + packages.dspaceScripts())
                .placeholderReplacement(false)
                .outOfOrder(true)
                .load()
                .migrate();
    }

    private void migrateKeycloak(String jdbcUrl) throws Exception {
        Path unpacked = packages.keycloakChangeLogs();
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Liquibase liquibase = new Liquibase(
                        "META-INF/jpa-changelog-master.xml",
                        new DirectoryResourceAccessor(unpacked),
                        DatabaseFactory.getInstance()
                                .findCorrectDatabaseImplementation(new JdbcConnection(connection)))) {
            liquibase.update(new Contexts());
        }
    }
}
