package dev.rehearsal.load;

import static dev.rehearsal.load.Workloads.operation;
import static dev.rehearsal.load.Workloads.pool;
import static dev.rehearsal.load.Workloads.service;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.dataset.DatasetLoad;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.InContainers;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.InjectorEnded;
import dev.rehearsal.scenario.DatasetLoader;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Injectors;
import dev.rehearsal.scenario.Workload.Arrivals;
import dev.rehearsal.scenario.Workload.Service;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The injectors as a job of a real Swarm: its scheduler numbers them, and they reach the database through the harness's gate alone, which they fill first and
 * then make the load of. The tasks run the command line that the image of the harness has, with the classes under test mounted where the image has its archive.
 */
@Tag("proof")
@InContainers("18")
@Timeout(240)
class InjectorsInSwarmTest {
    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final String IMAGE = "harness/postgres:18";
    private static final int COUNT = 3;
    private static final long ROWS = 300_000;
    private static final String TOKEN = "a token of this test alone";
    private static final Service SHOP = service(
            "shop", 100, pool(4, Duration.ofSeconds(5)), operation("read", 1, Map.of(), "select pg_backend_pid()"));

    private static boolean ours;

    @TempDir
    private Path directory;

    private final RunClock clock = RunClock.started();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    @BeforeAll
    static void swarm() throws Exception {
        if (docker("info", "--format", "{{.Swarm.LocalNodeState}}").equals("inactive")) {
            docker("swarm", "init", "--advertise-addr", "127.0.0.1", "--listen-addr", "127.0.0.1:2377");
            ours = true;
        }
    }

    @AfterAll
    static void leave() throws Exception {
        if (ours) {
            docker("swarm", "leave", "--force");
        }
    }

    @Test
    void tasksOfAJobAreTheSlicesOfOnePlan() throws Exception {
        String gateway = gateway();
        InjectorGate gate = InjectorGate.opened(
                new Injectors(COUNT, Optional.of(gateway + ":0"), LIMIT), Map.of(InjectorToken.VARIABLE, TOKEN));
        String job = "";
        String note;
        List<Integer> sessions;
        try (LocalServer server = TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of());
                Load load = Load.over(gate)) {
            job = job(gateway + ":" + gate.port());
            String url = server.jdbcUrl(Snapshot.DATABASE);
            BuildingInjectors builders = load.builders().orElseThrow();
            assertThat(DatasetLoad.into(url, dataset(), 7, BuildProgress.SILENT, Optional.of(builders)))
                    .isEqualTo(Map.of("notes", ROWS));
            note = builders.note();
            load.begin(
                    new LoadSpec(Workloads.of(Arrivals.POISSON, SHOP), 7, url, List.of(), url),
                    clock,
                    directory.resolve("requests.bin"),
                    events::add);
            await().atMost(LIMIT).until(() -> load.live().completed() > 200);
            // One pool, shared out; which of its connections get work is chance.
            sessions = await().atMost(LIMIT)
                    .until(
                            () -> sessions(url),
                            pids -> pids.size() == SHOP.pool().size());
            load.stopAndDrain(LIMIT);
            String started = job;
            await().atMost(LIMIT)
                    .until(
                            () -> docker("service", "ps", started, "--format", "{{.CurrentState}}")
                                    .lines()
                                    .filter(state -> state.startsWith("Complete"))
                                    .count(),
                            count -> count == COUNT);
        } finally {
            if (!job.isEmpty()) {
                docker("service", "rm", job);
            }
        }

        // They have no other way to the database, which listens on this machine's loopback interface alone.
        for (int slice = 0; slice < COUNT; slice++) {
            assertThat(note).containsPattern("slice " + slice + ", [0-9a-f]+ at [0-9.]+, [1-9]");
        }
        List<RequestRecord> requests = new ArrayList<>();
        RequestLog.open(directory.resolve("requests.bin")).forEach(requests::add);
        requests.sort(Comparator.comparingLong(request -> request.attempts().arrival()));
        ArrivalPlan.Instants instants = new ArrivalPlan(7, Arrivals.POISSON, SHOP).instants();
        long planStart = requests.getFirst().t0Nanos() - instants.peek();
        for (int arrival = 0; arrival < requests.size(); arrival++) {
            RequestRecord request = requests.get(arrival);
            assertThat(request.attempts().arrival()).isEqualTo(arrival);
            assertThat(request.t0Nanos()).isEqualTo(planStart + instants.next());
            assertThat(request.outcome()).isEqualTo(Outcome.SUCCEEDED);
        }
        assertThat(requests).extracting(RequestRecord::backendPid).isSubsetOf(sessions);
        assertThat(events.stream().filter(InjectorEnded.class::isInstance).map(InjectorEnded.class::cast))
                .hasSize(COUNT)
                .allSatisfy(injector -> assertThat(injector.place()).doesNotEndWith(" at 127.0.0.1"))
                .allSatisfy(injector -> assertThat(injector.clock()).isPresent());
    }

    private DatasetSpec dataset() throws Exception {
        Path schema = Files.writeString(
                directory.resolve("schema.sql"), "create table notes (id bigint primary key, note text, spot point);");
        return new DatasetSpec(DatasetLoader.load(schema), 1, Map.of("notes", ROWS));
    }

    private static List<Integer> sessions(String url) throws SQLException {
        List<Integer> pids = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(url);
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select pid from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()")) {
            while (rows.next()) {
                pids.add(rows.getInt(1));
            }
        }
        return pids;
    }

    /** @return its id */
    private static String job(String harness) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "service",
                "create",
                "--detach",
                "--quiet",
                "--mode",
                "replicated-job",
                "--replicas",
                String.valueOf(COUNT),
                "--restart-condition",
                "none",
                "--no-resolve-image"));
        for (String mounted : mounted()) {
            command.addAll(List.of("--mount", "type=bind,readonly,source=" + mounted + ",target=" + mounted));
        }
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        command.addAll(List.of(
                "--env",
                InjectorToken.VARIABLE + "=" + TOKEN,
                "--env",
                "HARNESS_TASK_SLOT={{.Task.Slot}}",
                "--entrypoint",
                java,
                IMAGE,
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rehearsal.cli.Main",
                "injector",
                "--harness",
                harness));
        return docker(command.toArray(String[]::new));
    }

    /** Where Java and the classes are: no more than three folders deep, so that there are few. */
    private static List<String> mounted() throws IOException {
        TreeSet<String> folders = new TreeSet<>(
                List.of(Path.of(System.getProperty("java.home")).toRealPath().toString()));
        Stream.of("java.class.path", "surefire.test.class.path")
                .flatMap(name -> Stream.of(System.getProperty(name, "").split(File.pathSeparator)))
                .filter(entry -> !entry.isEmpty())
                .map(entry -> Path.of(entry).toAbsolutePath().normalize())
                .filter(Files::exists)
                .map(entry -> Path.of("/")
                        .resolve(entry.subpath(0, Math.min(3, entry.getNameCount() - 1)))
                        .toString())
                .forEach(folders::add);
        return List.copyOf(folders);
    }

    /**
     * Where tasks meet this machine: at a bridge that an engine makes a while after its first swarm. Of its own bridge an engine that has just made it does
     * not say the gateway.
     */
    private static String gateway() throws IOException, InterruptedException {
        String bridge = "docker_gwbridge";
        await().atMost(LIMIT)
                .until(() -> !docker("network", "ls", "--quiet", "--filter", "name=" + bridge)
                        .isEmpty());
        return docker("network", "inspect", bridge, "--format", "{{(index .IPAM.Config 0).Gateway}}");
    }

    private static String docker(String... arguments) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(
                        Stream.concat(Stream.of("docker"), Stream.of(arguments)).toList())
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor())
                .as("docker %s said: %s", String.join(" ", arguments), said)
                .isZero();
        return said;
    }
}
