package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.dataset.ServerLauncher;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.scenario.EnvironmentSpec.Synchrony;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real servers that follow each other, and what becomes of them. */
@Timeout(300)
class ReplicationTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path temporary;

    @Test
    void replicasFollowOverLinksOfTheirOwn() throws Exception {
        try (Environment environment = start(2, Synchrony.ASYNCHRONOUS)) {
            execute(environment.application().jdbcUrl("test"), "create table t as select 1 as x");

            assertThat(environment.replicas().keySet()).containsExactly("replica-1", "replica-2");
            for (ProxiedEndpoint replica : environment.reads()) {
                awaitAnswer(replica.jdbcUrl("test"), "select count(*) from pg_class where relname = 't'", "1");
                assertThat(ask(replica.jdbcUrl("test"), "select x from t")).isEqualTo("1");
                assertThat(ask(replica.jdbcUrl("test"), "select pg_is_in_recovery()"))
                        .isEqualTo("t");
            }
            FaultProxyApi.update(environment.faultApi(), "replication-1", Map.of("enabled", false));
            execute(environment.application().jdbcUrl("test"), "insert into t values (2)");
            awaitAnswer(environment.reads().get(1).jdbcUrl("test"), "select count(*) from t", "2");
            assertThat(ask(environment.reads().get(0).jdbcUrl("test"), "select count(*) from t"))
                    .isEqualTo("1");
        }
        assertThat(Files.readString(temporary.resolve("run/replica-1.log"))).contains("entering standby mode");
        assertThat(temporary.resolve("data-replica-2/postmaster.pid")).doesNotExist();
    }

    @Test
    void aCommitWaitsForTheReplicaWhereItShall() throws Exception {
        try (Environment environment = start(2, Synchrony.REMOTE_APPLY)) {
            String primary = environment.primary().jdbcUrl(ApplicationNames.OBSERVER);
            assertThat(ask(primary, "show synchronous_commit")).isEqualTo("remote_apply");
            assertThat(ask(
                            primary,
                            "select string_agg(application_name || ' ' || sync_state, ', ' order by application_name)"
                                    + " from pg_stat_replication"))
                    .isEqualTo("replica-1 sync, replica-2 potential");

            execute(environment.application().jdbcUrl("test"), "create table t as select 1 as x");

            assertThat(ask(environment.reads().getFirst().jdbcUrl("test"), "select x from t"))
                    .isEqualTo("1");
        }
    }

    @Test
    void afterAFailoverTheOldAddressLeadsToThePromotedServerAndTheOtherReplicaFollowsIt() throws Exception {
        try (Environment environment = start(2, Synchrony.SYNCHRONOUS)) {
            execute(environment.application().jdbcUrl("test"), "create table t as select 1 as x");
            Server before = environment.primary();

            Duration without = environment.failOver("replica-1", false);

            assertThat(without).isPositive();
            assertThat(environment.primary().port()).isNotEqualTo(before.port());
            assertThat(ProcessHandle.of(before.processId())).isEmpty();
            assertThat(environment.retired()).isEqualTo(before.dataDirectory());
            assertThat(environment.replicas().keySet()).containsExactly("replica-2");
            execute(environment.application().jdbcUrl("test"), "insert into t values (2)");
            assertThat(ask(environment.primary().jdbcUrl("test"), "select count(*) from t"))
                    .isEqualTo("2");
            awaitAnswer(environment.reads().get(1).jdbcUrl("test"), "select count(*) from t", "2");
            awaitAnswer(
                    environment.primary().jdbcUrl("test"),
                    "select string_agg(application_name || ' ' || sync_state, ', ') from pg_stat_replication",
                    "replica-2 sync");
        }
    }

    @Test
    void aPlannedFailoverLosesNothingAlsoWithoutWaiting() throws Exception {
        try (Environment environment = start(1, Synchrony.ASYNCHRONOUS)) {
            execute(
                    environment.application().jdbcUrl("test"),
                    "create table t as select generate_series(1, 200000) as x");

            environment.failOver("replica-1", true);

            assertThat(ask(environment.application().jdbcUrl("test"), "select count(*) from t"))
                    .isEqualTo("200000");
        }
    }

    /** The walsender stands still, so that what is acknowledged goes to nobody; then the primary dies. Both servers tell what was lost. */
    @Test
    void whatAnAsynchronousReplicaHadNotGotIsInTheRetiredDataAlone() throws Exception {
        try (Environment environment = start(1, Synchrony.ASYNCHRONOUS)) {
            String application = environment.application().jdbcUrl("test");
            execute(application, "create table t (x int)");
            awaitAnswer(
                    environment.reads().getFirst().jdbcUrl("test"),
                    "select count(*) from pg_class where relname = 't'",
                    "1");
            String walsender = ask(environment.primary().jdbcUrl("test"), "select pid from pg_stat_replication");
            Signals.send(List.of(ProcessHandle.of(Long.parseLong(walsender)).orElseThrow()), Signals.Signal.STOP);
            for (int i = 0; i < 25; i++) {
                execute(application, "insert into t values (" + i + ")");
            }

            environment.failOver("replica-1", false);

            assertThat(ask(application, "select count(*) from t")).isEqualTo("0");
            Path retired = environment.retired().orElseThrow();
            try (ServerLauncher.RunningServer old = TestCluster.servers().start(retired, Map.of())) {
                assertThat(ask(old.jdbcUrl(Snapshot.DATABASE), "select count(*) from t"))
                        .isEqualTo("25");
            }
        }
    }

    @Test
    void aReplicaIsPausedAndCrashedByItself() throws Exception {
        try (Environment environment = start(1, Synchrony.ASYNCHRONOUS)) {
            ServerControl replica = environment.control("replica-1");
            String application = environment.application().jdbcUrl("test");
            replica.kill();
            execute(application, "create table t as select 1 as x");
            replica.startAgain();

            awaitAnswer(
                    environment.reads().getFirst().jdbcUrl("test"),
                    "select count(*) from pg_class where relname = 't'",
                    "1");
            replica.pause();
            execute(application, "insert into t values (2)");
            replica.resume();
            awaitAnswer(environment.reads().getFirst().jdbcUrl("test"), "select count(*) from t", "2");
        }
    }

    private Environment start(int replicas, Synchrony synchrony) throws Exception {
        Path data = TestCluster.clone(temporary.resolve("data"));
        Path run = Files.createDirectories(temporary.resolve("run"));
        return new LocalRuntime(TestCluster.servers(), new LocalFaultProxy.BuiltIn(42), "Why not.")
                .start(
                        TestCluster.replicated(TestCluster.spec("18", Map.of(), Optional.empty()), replicas, synchrony),
                        data,
                        Map.of(),
                        5,
                        run);
    }

    private static void awaitAnswer(String url, String query, String answer) {
        Awaitility.await().atMost(LIMIT).ignoreExceptions().until(() -> answer.equals(ask(url, query)));
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
            return String.valueOf(row.getString(1));
        }
    }
}
