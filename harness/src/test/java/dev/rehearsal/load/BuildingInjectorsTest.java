package dev.rehearsal.load;

import static dev.rehearsal.load.Workloads.operation;
import static dev.rehearsal.load.Workloads.pool;
import static dev.rehearsal.load.Workloads.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.DatasetLoad;
import dev.rehearsal.dataset.RowLoaders;
import dev.rehearsal.dataset.RowPlan;
import dev.rehearsal.dataset.RowRange;
import dev.rehearsal.dataset.RowsRefusedException;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Injectors;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Arrivals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real processes against a real server, on which their role is no superuser: what three of them build is what one would have built. */
@Tag("proof")
@Timeout(240)
class BuildingInjectorsTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int COUNT = 3;
    private static final long SEED = 42;
    private static final String TOKEN = "a token of this test alone";
    private static final Injectors CALLED = new Injectors(COUNT, Optional.of("127.0.0.1:0"), LIMIT);

    /** Partitions, a key of two foreign keys, a tree, a ring, types of the server's own, and a trigger that refuses every row. */
    private static final String SCHEMA = """
            create table people (
                id bigint generated always as identity primary key, email text not null unique, manager_id bigint references people,
                spot point, span int4range, created_at timestamptz not null);
            create table teams (name varchar(12), region char(2), lead_id bigint references people, primary key (name, region));
            create table memberships (
                person_id bigint references people, team_name varchar(12), team_region char(2), role text not null,
                primary key (person_id, team_name, team_region), foreign key (team_name, team_region) references teams);
            create table events (id bigint, kind text not null, happened_on date, person_id bigint references people, primary key (id, happened_on))
                partition by range (happened_on);
            create table events_2024 partition of events for values from ('2024-01-01') to ('2025-01-01');
            create table events_2025 partition of events for values from ('2025-01-01') to ('2026-01-01');
            create table invoices (id int primary key, last_line_id int);
            create table lines (id int primary key, invoice_id int not null references invoices, amount numeric(6, 2) not null);
            alter table invoices add foreign key (last_line_id) references lines;
            create index people_span on people using gist (span);
            create function refuse() returns trigger language plpgsql as $$ begin raise 'no row'; end $$;
            create trigger people_refuse before insert on people for each row execute function refuse();
            """;

    private static final Map<String, Long> ROWS =
            Map.of("people", 150_000L, "memberships", 100_000L, "events", 200_000L, "lines", 120_000L, "teams", 500L);

    @TempDir
    private static Path directory;

    private static LocalServer server;

    @BeforeAll
    static void startServer() throws Exception {
        server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of());
        execute("create role plain login createdb password 'plain'");
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    private static void execute(String sql) throws Exception {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl(Snapshot.DATABASE));
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** An empty database, and the way of its owner to it. */
    private static String url(String database) throws Exception {
        execute("create database " + database + " owner plain");
        return "jdbc:postgresql://127.0.0.1:" + server.port() + "/" + database + "?user=plain&password=plain";
    }

    private static DatasetSpec dataset(String schema, Map<String, Long> rows) throws Exception {
        Path file = Files.writeString(Files.createTempFile(directory, "schema", ".sql"), schema);
        return new DatasetSpec(DatasetLoader.load(file), 1, rows);
    }

    private record Built(SchemaFingerprint schema, DataFingerprint data) {
        static Built in(String url) throws Exception {
            try (Connection connection = DriverManager.getConnection(url)) {
                return new Built(SchemaFingerprint.of(connection), DataFingerprint.of(connection));
            }
        }
    }

    private static Process called(InjectorGate gate, int slice) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(CalledInjector.commandOf("127.0.0.1:" + gate.port(), slice, LIMIT))
                .inheritIO()
                .redirectInput(ProcessBuilder.Redirect.PIPE);
        builder.environment().put(InjectorToken.VARIABLE, TOKEN);
        return builder.start();
    }

    @Test
    void oneProcessOfThisMachineIsNoHelp() throws Exception {
        try (Load load = Load.launch()) {
            assertThat(load.builders()).isEmpty();
        }
    }

    @Test
    void threeBuildWhatOneBuildsAndThenMakeTheLoad() throws Exception {
        String alone = url("built_by_one");
        Map<String, Long> rows =
                DatasetLoad.into(alone, dataset(SCHEMA, ROWS), SEED, BuildProgress.SILENT, Optional.empty());
        String together = url("built_by_three");
        RunClock clock = RunClock.started();
        Workload workload = Workloads.of(
                Arrivals.POISSON,
                service("shop", 100, pool(3, LIMIT), operation("read", 1, Map.of(), "select count(*) from teams")));

        String note;
        try (Load load = Load.launch(Injectors.here(COUNT), List.of())) {
            BuildingInjectors builders = load.builders().orElseThrow();
            assertThat(DatasetLoad.into(
                            together, dataset(SCHEMA, ROWS), SEED, BuildProgress.SILENT, Optional.of(builders)))
                    .isEqualTo(rows);
            note = builders.note();
            load.begin(
                    new LoadSpec(workload, 7, together, List.of(), together),
                    clock,
                    directory.resolve("requests.bin"),
                    event -> {});
            await().atMost(LIMIT).until(() -> load.live().completed() > 100);
            load.stopAndDrain(LIMIT);
            assertThat(load.live().failed()).isZero();
        }

        assertThat(rows).containsAllEntriesOf(ROWS);
        assertThat(Built.in(together)).isEqualTo(Built.in(alone));
        // Which of them makes how many is a matter of who is free.
        assertThat(note)
                .matches(
                        "The rows of the dataset were made by the injectors: slice 0, process \\d+ of this machine, [\\d,]+;"
                                + " slice 1, process \\d+ of this machine, [\\d,]+; slice 2, process \\d+ of this machine, [\\d,]+\\.");
        assertThat(note.replaceAll(".*?machine, ([\\d,]+)[;.]", "$1 ")
                        .replace(",", "")
                        .split(" "))
                .hasSize(COUNT)
                .allSatisfy(made -> assertThat(Long.parseLong(made)).isPositive())
                .satisfies(made -> assertThat(java.util.stream.Stream.of(made)
                                .mapToLong(Long::parseLong)
                                .sum())
                        .isEqualTo(rows.values().stream()
                                .mapToLong(Long::longValue)
                                .sum()));
    }

    @Test
    void thoseThatCallBuildItTooAndOneThatIsLostEndsIt() throws Exception {
        InjectorGate gate = InjectorGate.opened(CALLED, Map.of(InjectorToken.VARIABLE, TOKEN));
        List<Process> processes = new ArrayList<>();
        String url = url("lost");
        BuildProgress killing = new BuildProgress() {
            @Override
            public void phase(String phase) {}

            @Override
            public void rows(String table, long done, long total, double rowsPerSecond) {
                if (table.equals("people") && done > total / 2) {
                    processes.get(1).destroyForcibly();
                }
            }
        };
        try (Load load = Load.over(gate)) {
            for (int slice = 0; slice < COUNT; slice++) {
                processes.add(called(gate, slice));
            }
            BuildingInjectors builders = load.builders().orElseThrow();

            assertThatThrownBy(() -> DatasetLoad.into(url, dataset(SCHEMA, ROWS), SEED, killing, Optional.of(builders)))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageMatching(
                            "while it built its slice of the dataset \\(rows [\\d,]+ to [\\d,]+ of \\w+.*\\), the load injector of slice 1"
                                    + " \\(of 3, from 0\\), .* at 127\\.0\\.0\\.1, went away.*; its own log says why")
                    .extracting(thrown -> ((EnvironmentException) thrown).remedy())
                    .isEqualTo("Start the rehearsal again, and its injectors: what was built is dropped.");
        } finally {
            for (Process process : processes) {
                // Hung up on, they end by themselves.
                assertThat(process.waitFor(LIMIT.toSeconds(), java.util.concurrent.TimeUnit.SECONDS))
                        .isTrue();
            }
        }
        // As the run drops it, whoever of them is still there.
        execute("drop database lost with (force)");
    }

    @Test
    void rowsThatTheServerRefusesAreTheScenariosProblem() throws Exception {
        String url = url("refused");
        DatasetSpec dataset = dataset(
                "create table a (id int primary key, late int generated always as (id / 40000) stored, check (late * 2 < 2));",
                Map.of("a", 60_000L));
        try (Load load = Load.launch(Injectors.here(2), List.of())) {
            BuildingInjectors builders = load.builders().orElseThrow();

            assertThatThrownBy(() -> DatasetLoad.into(url, dataset, SEED, BuildProgress.SILENT, Optional.of(builders)))
                    .isInstanceOf(InvalidScenarioException.class)
                    .hasMessageContaining("the rows made for a do not meet the check a_late_check: ((late * 2) < 2)");
        }
    }

    @Test
    void aDatabaseThatNoWayLeadsToIsSaidBySlice() throws Exception {
        String url = url("closed");
        try (Load load = Load.launch(Injectors.here(2), List.of())) {
            BuildingInjectors builders = load.builders().orElseThrow();
            RowLoaders lockedOut = new LockedOut(builders);

            assertThatThrownBy(() -> DatasetLoad.into(
                            url, dataset(SCHEMA, ROWS), SEED, BuildProgress.SILENT, Optional.of(lockedOut)))
                    .isInstanceOf(EnvironmentException.class)
                    .hasMessageMatching(
                            "the load injector of slice [01] \\(of 2, from 0\\), process \\d+ of this machine, cannot"
                                    + " build its slice of the dataset: no way leads to the database that the dataset is built in:"
                                    + " FATAL: too many connections for role \"plain\"");
        } finally {
            execute("alter role plain connection limit -1");
        }
    }

    /** After the harness has made the tables, nobody of that role gets in. */
    private record LockedOut(RowLoaders others) implements RowLoaders {
        @Override
        public void load(String jdbcUrl, RowPlan plan, List<RowRange> ranges, Loaded loaded)
                throws RowsRefusedException, EnvironmentException, InterruptedException {
            try {
                execute("alter role plain connection limit 0");
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            others.load(jdbcUrl, plan, ranges, loaded);
        }

        @Override
        public int sessions() {
            return others.sessions();
        }
    }
}
