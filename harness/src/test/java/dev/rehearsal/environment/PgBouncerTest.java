package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec;
import dev.rehearsal.scenario.PoolerSettings;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.PoolerSpec.PoolMode;
import dev.rehearsal.scenario.PoolerSpec.Way;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
public class PgBouncerTest {
    private static final PoolerSpec TRANSACTION =
            new PoolerSpec(PoolMode.TRANSACTION, OptionalInt.of(3), OptionalInt.empty(), Way.POOLED);

    @TempDir
    private Path temporary;

    /** Skips where there is none. */
    public static Path required() {
        Optional<Path> found = Commands.find("pgbouncer", System.getenv("PATH") + ":/usr/sbin");
        assumeThat(found).as("a pgbouncer on this machine").isPresent();
        return found.orElseThrow();
    }

    /** Skips where there is none. */
    public static EnvironmentSpec behindPooler(PoolerSpec pooler) throws Exception {
        required();
        return TestCluster.spec("18", Map.of(), Optional.empty()).behind(Optional.of(pooler));
    }

    private Path program(String words) throws Exception {
        Path file = Files.writeString(temporary.resolve("pgbouncer"), "#!/bin/sh\necho '" + words + "'\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Test
    void theOneInTheNamedFolderComesFirst() throws Exception {
        Path program = program("PgBouncer 1.24.1");

        PgBouncerProgram found = find(TRANSACTION);

        assertThat(found.path()).isEqualTo(program);
        assertThat(found.version()).isEqualTo(new PgBouncerVersion("1.24.1", 1, 24));
    }

    @Test
    void oneThatCannotKeepTrackOfPreparedStatementsIsRefusedWhereThatIsWanted() throws Exception {
        Path program = program("PgBouncer 1.18.0");
        PoolerSpec prepared = new PoolerSpec(PoolMode.TRANSACTION, OptionalInt.of(3), OptionalInt.of(200), Way.POOLED);

        assertThatThrownBy(() -> find(prepared))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("environment.pooler.preparedStatements: " + program
                        + " is PgBouncer 1.18.0, which knows no max_prepared_statements");
        assertThat(find(TRANSACTION).description()).isEqualTo("PgBouncer 1.18.0");
    }

    private PgBouncerProgram find(PoolerSpec wanted) throws Exception {
        return PgBouncerProgram.find(
                wanted,
                Optional.of(temporary),
                "",
                Privileges.ofThisProcess(),
                new RunningRegistry(TestCluster.cache()));
    }

    @Test
    void whatIsNoPgBouncerIsRefused() throws Exception {
        Path program = program("hello");

        assertThatThrownBy(() -> find(TRANSACTION))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage(program + " is no PgBouncer: it says hello");
    }

    @Test
    void stateOfASessionIsNotItsClientsInTransactionMode() throws Exception {
        try (Environment environment = started(TRANSACTION)) {
            String url = environment.application().jdbcUrl("one");
            try (Connection one = DriverManager.getConnection(url);
                    Connection other = DriverManager.getConnection(
                            environment.application().jdbcUrl("other"))) {
                ask(one, "select set_config('lock_timeout', '1234ms', false)");

                assertThat(ask(other, "show lock_timeout")).as("leaked").isEqualTo("1234ms");
                other.setAutoCommit(false);
                ask(other, "select 1");
                assertThat(ask(one, "show lock_timeout")).as("lost").isEqualTo("0");
                assertThat(ask(one, "show application_name"))
                        .as("what the pooler passes on of the client")
                        .isEqualTo("one");
                other.rollback();
            }
        }
    }

    @Test
    void aSessionIsItsClientsOwnInSessionMode() throws Exception {
        PoolerSpec session = new PoolerSpec(PoolMode.SESSION, OptionalInt.empty(), OptionalInt.empty(), Way.DIRECT);

        try (Environment environment = started(session)) {
            try (Connection one = DriverManager.getConnection(
                            environment.application().jdbcUrl("one"));
                    Connection other = DriverManager.getConnection(
                            environment.application().jdbcUrl("other"))) {
                ask(one, "select set_config('lock_timeout', '1234ms', false)");

                assertThat(ask(other, "show lock_timeout")).isEqualTo("0");
                assertThat(ask(one, "show lock_timeout")).isEqualTo("1234ms");
            }
            assertThat(environment.migration().port())
                    .as("goes around the pooler")
                    .isNotEqualTo(environment.application().port());
            assertThat(ask(environment.migration().jdbcUrl("migration"), "select 1"))
                    .isEqualTo("1");
        }
    }

    /** Those that a scenario may set, at once: a name that this version does not know would end it. */
    @Test
    void knowsEverySettingThatAScenarioMaySet() throws Exception {
        Map<String, String> settings = new java.util.TreeMap<>();
        PoolerSettings.names().forEach(name -> settings.put(name, "1"));
        settings.put("server_check_query", "select 1");
        settings.put("server_reset_query", "discard all");

        try (Environment environment = started(TRANSACTION.with(settings))) {
            assertThat(ask(environment.application().jdbcUrl("one"), "select 1"))
                    .isEqualTo("1");
        }
    }

    @Test
    void aSettingThatItsVersionDoesNotKnowIsToldInItsOwnWords() throws Exception {
        assertThatThrownBy(() -> started(TRANSACTION.with(Map.of("no_such_setting", "1"))))
                .isInstanceOfSatisfying(
                        EnvironmentException.class,
                        e -> assertThat(e.remedy())
                                .isEqualTo(
                                        "See its words above; a setting in environment.pooler.settings that its version does not know is the usual reason."))
                .hasMessageContaining("unknown parameter: pgbouncer/no_such_setting");
    }

    /** PgBouncer's own is 15 s, for which it would refuse everybody. */
    @Test
    void anOutageByAFailoverIsAsLongAsItsTimeUntilItTriesAgain() throws Exception {
        Duration patient = outage("3");

        // It does not try before that; how much later it does is the machine's.
        assertThat(patient).isGreaterThan(Duration.ofMillis(2500));
        assertThat(outage("0.2")).isLessThan(patient);
    }

    /** How long somebody who asks all the time gets no answer while a replica takes its primary's place. */
    private Duration outage(String retry) throws Exception {
        Path folder = Files.createDirectories(temporary.resolve("retry-" + retry));
        try (Environment environment = runtime()
                .start(
                        behindPooler(TRANSACTION.with(Map.of("server_login_retry", retry)))
                                .withReplicas(1),
                        TestCluster.clone(folder.resolve("data")),
                        Map.of(),
                        5,
                        Files.createDirectories(folder.resolve("run")))) {
            AtomicLong answered = new AtomicLong(System.nanoTime());
            AtomicLong longest = new AtomicLong();
            AtomicBoolean ends = new AtomicBoolean();
            Thread client = Thread.ofPlatform().start(() -> {
                String url = environment.application().jdbcUrl("client") + "&connectTimeout=5&socketTimeout=20";
                while (!ends.get()) {
                    try {
                        ask(url, "select 1");
                        long now = System.nanoTime();
                        longest.accumulateAndGet(now - answered.getAndSet(now), Math::max);
                    } catch (SQLException e) {
                        // Nobody answers.
                    }
                }
            });
            try {
                environment.failOver("replica-1", false);
                long over = System.nanoTime();
                await().atMost(Duration.ofSeconds(20)).until(() -> answered.get() > over);
            } finally {
                ends.set(true);
                client.join();
            }
            return Duration.ofNanos(longest.get());
        }
    }

    @Test
    void rolesThatItWasNotToldOfLogInByTheirOwnPasswordsAndItLeavesNothing() throws Exception {
        RunningRegistry registry = new RunningRegistry(TestCluster.cache());
        List<Long> before = poolers(registry);
        long pid;
        try (Environment environment = started(TRANSACTION)) {
            assertThat(environment.troubles()).isEmpty();
            // Such as a migration tool's, which is made while the pooler runs.
            try (Connection direct =
                            DriverManager.getConnection(environment.primary().jdbcUrl("test"));
                    Statement statement = direct.createStatement()) {
                statement.execute("create role tool login password 'one'");
                String url = "jdbc:postgresql://127.0.0.1:"
                        + environment.application().port() + "/"
                        + environment.primary().database() + "?user=tool&password=";

                assertThat(ask(url + "one", "select current_user::text")).isEqualTo("tool");
                assertThatThrownBy(() -> ask(url + "wrong", "select 1")).isInstanceOf(SQLException.class);
            }
            List<Long> now = poolers(registry);
            now.removeAll(before);
            pid = now.stream()
                    .filter(each -> ProcessHandle.of(each)
                            .flatMap(handle -> handle.info().command())
                            .filter(command -> command.endsWith("pgbouncer"))
                            .isPresent())
                    .findFirst()
                    .orElseThrow();
        }

        assertThat(ProcessHandle.of(pid).filter(ProcessHandle::isAlive)).isEmpty();
        assertThat(poolers(registry)).doesNotContain(pid);
    }

    private static List<Long> poolers(RunningRegistry registry) throws Exception {
        return new java.util.ArrayList<>(registry.entries().stream()
                .flatMap(entry -> entry.content().servers().stream())
                .map(ProcessIdentity::pid)
                .toList());
    }

    private static LocalRuntime runtime() throws EnvironmentException {
        return new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(7), "Why not.");
    }

    private Environment started(PoolerSpec pooler) throws Exception {
        return runtime()
                .start(
                        behindPooler(pooler),
                        TestCluster.clone(temporary.resolve("data")),
                        Map.of(),
                        5,
                        Files.createDirectories(temporary.resolve("run")));
    }

    static String ask(String url, String query) throws SQLException {
        try (Connection connection = DriverManager.getConnection(url)) {
            return ask(connection, query);
        }
    }

    static String ask(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getString(1);
        }
    }
}
