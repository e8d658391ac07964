package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.InContainers;
import dev.rehearsal.environment.ServerRuntime;
import dev.rehearsal.environment.TestContainers;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.EnvironmentSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same changes on PostgreSQL 15 and 18, each in its container: what one version refuses, another does without a rewrite. */
@InContainers
class HazardsByVersionTest {
    private static final int ROWS = 3_000;
    private static final String SYNTAX_ERROR = "42601";

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"15", "18"})
    void differWhereTheVersionsDo(String version) throws Exception {
        EnvironmentSpec spec = TestContainers.spec(version, Map.of());
        try (ServerRuntime runtime = TestContainers.runtime(spec)) {
            Path data = TestContainers.cluster(runtime, directory.resolve("data"));
            try (MeasuredServer server =
                    MeasuredServer.over(runtime.start(spec, data, Instruments.serverSettings(), 10, directory))) {
                assertThat(runtime.servers().serverVersion()).startsWith(version + ".");
                boolean newer = version.equals("18");

                StatementObserved virtual = change(server, "add column g int generated always as (amount * 2) virtual");
                assertThat(virtual.sqlState().orElse("")).isEqualTo(newer ? "" : SYNTAX_ERROR);
                assertThat(virtual.rewrites()).isEmpty();

                StatementObserved notValid = change(server, "add constraint nn not null status not valid");
                assertThat(notValid.sqlState().orElse("")).isEqualTo(newer ? "" : SYNTAX_ERROR);
                assertThat(notValid.scans()).isEmpty();

                StatementObserved stored = change(server, "add column g int generated always as (amount * 2) stored");
                assertThat(stored.rewrites()).isEqualTo(List.of(new Rewrite("orders", "column default")));
                assertThat(ChangedTable.locks(stored)).isEqualTo("AccessExclusive orders");

                StatementObserved wider = change(server, "alter column amount type bigint");
                assertThat(wider.rewrites()).isEqualTo(List.of(new Rewrite("orders", "column type")));

                StatementObserved notNull = change(server, "alter column status set not null");
                assertThat(notNull.rewrites()).isEmpty();
                assertThat(notNull.scans().stream().map(Scan::relation).collect(Collectors.toSet()))
                        .isEqualTo(Set.of("orders"));

                StatementObserved foreignKey =
                        change(server, "add foreign key (customer_id) references customers not valid");
                assertThat(ChangedTable.locks(foreignKey))
                        .isEqualTo("ShareRowExclusive customers, ShareRowExclusive orders");
                assertThat(server.events(InstrumentTrouble.class)).isEmpty();
            }
        }
    }

    private static StatementObserved change(MeasuredServer server, String change) throws Exception {
        return ChangedTable.with(server, ROWS).observe("alter table orders " + change);
    }
}
