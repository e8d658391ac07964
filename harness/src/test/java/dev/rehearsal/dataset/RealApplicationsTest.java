package dev.rehearsal.dataset;

import static dev.rehearsal.dataset.BuildingDatabase.ask;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Schemas that real applications are made of, with not a word about their rows and a million of them in the largest table. */
@Tag("proof")
@Tag("beside-others")
class RealApplicationsTest {
    private static final long ROWS = 1_000_000;

    @TempDir
    static Path folder;

    private static BuildingDatabase databases;

    @BeforeAll
    static void start() throws Exception {
        databases = BuildingDatabase.in(folder.resolve("server"));
    }

    @AfterAll
    static void stop() throws Exception {
        databases.close();
    }

    @ParameterizedTest
    @CsvSource({
        "dspace, metadatavalue, 50",
        "keycloak, user_entity, 80",
        "camunda, act_hi_actinst, 40",
        "zabbix, history, 140",
        "mediawiki, revision, 50",
        "icinga, icinga_statehistory, 50"
    })
    void buildsWithAMillionRowsAndEveryConstraintHolds(String application, String largest, int leastTables)
            throws Exception {
        Path schema = new RealApplications(folder).schema(application);
        DatasetDefinition definition = DatasetLoader.load(schema);
        String expected = constraintsOf(definition.schemaSql(), application + "_empty");
        String url = databases.create(application);

        Map<String, Long> rows = new BulkLoader(
                        new DatasetSpec(definition, 0.1, Map.of(largest, ROWS)), 42, BuildProgress.SILENT)
                .load(url);

        assertThat(ask(url, "select count(*) from " + largest)).isEqualTo(Long.toString(ROWS));
        assertThat(rows).containsEntry(largest, ROWS).hasSizeGreaterThanOrEqualTo(leastTables);
        assertThat(BuildingDatabase.invalid(url)).isEmpty();
        assertThat(constraints(url)).isEqualTo(expected);
        assertThat(rows.values())
                .as("tables with rows")
                .filteredOn(count -> count > 0)
                .hasSizeGreaterThan(leastTables * 3 / 4);
        databases.create(application);
    }

    /** What the schema comes to without any rows. */
    private static String constraintsOf(String schemaSql, String database) throws Exception {
        String url = databases.create(database);
        DatasetDefinition definition = new DatasetDefinition("empty", Path.of("/nowhere"), schemaSql, Map.of());
        try (java.sql.Connection connection = java.sql.DriverManager.getConnection(url)) {
            new SchemaInstallation(new DatasetPlaces(definition)).run(schemaSql, connection);
        }
        String constraints = constraints(url);
        databases.create(database);
        return constraints;
    }

    private static String constraints(String url) throws Exception {
        return ask(url, """
                select conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
                where connamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
                union all
                select pg_get_indexdef(indexrelid) from pg_index join pg_class on pg_class.oid = indexrelid
                where relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace, 'pg_toast'::regnamespace)
                order by 1
                """);
    }
}
