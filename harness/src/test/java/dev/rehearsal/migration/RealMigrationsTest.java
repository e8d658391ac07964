package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.MigrationPlan;
import dev.rehearsal.scenario.ScenarioLoader;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Column changes that nobody here wrote, on the schemas that they were written for, filled: out of the packages of DSpace (by Flyway), Keycloak (by
 * Liquibase), Camunda and Icinga (folders). {@code harness/benchmarks/real-migrations} rehearses them under load; what was found is a table in the
 * documentation.
 */
@Tag("proof")
class RealMigrationsTest {
    private static final Path SHOP = Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop");
    private static final int ROWS = 20_000;

    @TempDir
    private Path folder;

    @Test
    void whatDSpacesColumnChangesDoIsSeenThroughFlyway() throws Exception {
        List<StatementObserved> changes = changes(RealMigration.dspace(folder));

        assertThat(changes).hasSizeGreaterThanOrEqualTo(5);
        assertThat(changes)
                .filteredOn(change -> change.sql().contains("latest_version_status"))
                .singleElement()
                .satisfies(change -> {
                    assertThat(change.rewrites()).isEmpty();
                    assertThat(strongest(change)).isEqualTo("AccessExclusive");
                });
    }

    @Test
    void whatKeycloaksColumnChangesDoIsSeenThroughLiquibase() throws Exception {
        assertThat(changes(RealMigration.keycloak(folder))).hasSizeGreaterThanOrEqualTo(8);
    }

    @Test
    void whatCamundasColumnChangesDoIsSeenInAFolder() throws Exception {
        assertThat(changes(RealMigration.camunda(folder))).hasSizeGreaterThanOrEqualTo(10);
    }

    @Test
    void whatIcingasColumnChangesDoIsSeenInAFolder() throws Exception {
        List<StatementObserved> changes = changes(RealMigration.icinga(folder));

        assertThat(changes).hasSizeGreaterThanOrEqualTo(9);
        assertThat(changes)
                .filteredOn(change -> change.sql().matches("(?is).*icinga_statehistory.*varchar.*"))
                .singleElement()
                .satisfies(change -> assertThat(change.rewrites())
                        .extracting(rewrite -> rewrite.relation() + ": " + rewrite.reason())
                        .containsExactly("icinga_statehistory: column type"));
    }

    /** Applies the baseline, fills tables, runs the steps; what of it changed columns. */
    private List<StatementObserved> changes(RealMigration migration) throws Exception {
        MigrationPlan plan =
                ScenarioLoader.load(migration.scenario(folder, SHOP), Map.of()).migration();
        try (MeasuredServer server = MeasuredServer.started(folder.resolve("server"))) {
            BaselineRun.apply(plan.baseline(), server.url());
            try (Connection connection = server.connect(ApplicationNames.OBSERVER)) {
                for (String sql : migration.filling(connection, ROWS)) {
                    MeasuredServer.execute(connection, sql);
                }
            }
            server.execute("analyze");
            server.instruments().drain();
            server.forgetEvents();

            MigrationOutcome outcome = Migrations.runner(server, StepListener.none())
                    .run(Phase.MIGRATION, plan.steps(), Duration.ofMinutes(10), 0);

            assertThat(outcome.failure()).isEmpty();
            assertThat(server.events(InstrumentTrouble.class)).isEmpty();
            return server.events(StatementObserved.class).stream()
                    .filter(statement -> plain(statement).matches("(?is)alter table.*\\b(add|alter)\\b.*"))
                    .filter(statement -> !plain(statement).matches("(?is).*add constraint.*"))
                    .filter(statement -> statement.locks().stream()
                            .anyMatch(lock -> migration.tables().contains(lock.relation())))
                    .toList();
        }
    }

    /** Without the comments before it, which Flyway sends to the server too. */
    private static String plain(StatementObserved statement) {
        return statement.sql().replaceFirst("\\A(?:\\s+|--[^\\n]*\\n|(?s:/\\*.*?\\*/))+", "");
    }

    private static String strongest(StatementObserved change) {
        return change.locks().stream()
                        .filter(lock -> !lock.ownRelation())
                        .map(LockHeld::mode)
                        .anyMatch("AccessExclusive"::equals)
                ? "AccessExclusive"
                : "less";
    }
}
