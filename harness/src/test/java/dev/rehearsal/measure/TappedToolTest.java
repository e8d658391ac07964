package dev.rehearsal.measure;

import static dev.rehearsal.measure.MeasuredServer.execute;
import static dev.rehearsal.measure.SessionTesting.await;
import static dev.rehearsal.measure.SessionTesting.found;
import static dev.rehearsal.measure.SessionTesting.runFailing;
import static dev.rehearsal.measure.SessionTesting.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Rewrite;
import java.io.StringReader;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;
import org.postgresql.copy.CopyManager;
import org.postgresql.core.BaseConnection;

/** Sessions of a tool on a real server whose log is not read, and of which we have a role that owns a database and nothing else. */
class TappedToolTest {
    private static final String TOKEN = "alter table orders add column token uuid not null default gen_random_uuid()";

    @TempDir
    private static Path directory;

    private static MeasuredServer server;

    private ToolWatch watch;

    @BeforeAll
    static void startServer() throws Exception {
        server = MeasuredServer.withoutRights(directory, 18);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void begin() throws Exception {
        server.execute(
                "drop table if exists orders, other",
                "create table orders (id bigint primary key, note text)",
                "insert into orders select g, 'n' from generate_series(1, 20000) g",
                "create table other (id bigint)");
        server.instruments().drain();
        server.forgetEvents();
        try (Connection own = server.connect("harness-migration");
                WitnessedSession session = server.instruments().witness().attach(own)) {
            // A migration begins with a session of its own; what is there then is not its own.
            assertThat(session.backendPid()).isPositive();
        }
        Properties way = Driver.parseURL(server.url(), new Properties());
        watch = server.instruments()
                .witness()
                .watchTool(
                        Map.of("lock_timeout", "400"),
                        way.getProperty("PGHOST"),
                        Integer.parseInt(way.getProperty("PGPORT")));
    }

    @AfterEach
    void end() {
        watch.close();
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended", "extendedForPrepared"})
    void seesStatementsTheirLocksAndTheirRewrites(String protocol) throws Exception {
        try (Connection tool = tool(protocol)) {
            tool.setAutoCommit(false);
            execute(tool, "alter table other add column a int");
            execute(tool, TOKEN);
            execute(tool, "create index on orders (token)");
            execute(tool, "select pg_sleep(0.2)");
            tool.commit();
        }
        List<ToolStatement> statements = watch.statements();

        assertThat(statements)
                .extracting(ToolStatement::sql)
                .containsSubsequence("alter table other add column a int", TOKEN, "select pg_sleep(0.2)", "COMMIT");
        assertThat(found(statements, "create index on orders (token)").rewrites())
                .isEmpty();
        Observation change = found(statements, TOKEN);
        assertThat(change.rewrites()).containsExactly(new Rewrite("orders", "column default"));
        assertThat(found(statements, "alter table other add column a int").rewrites())
                .isEmpty();
        assertThat(found(statements, "alter table other add column a int").locks())
                .extracting(LockHeld::relation, LockHeld::mode)
                .containsExactly(tuple("other", "AccessExclusive"));
        LockHeld held = change.locks().stream()
                .filter(lock -> lock.relation().equals("orders") && lock.mode().equals("AccessExclusive"))
                .findFirst()
                .orElseThrow();
        assertThat(held.heldNanos() + held.errorNanos()).isGreaterThan(200_000_000);
        assertThat(held.errorNanos()).isLessThan(held.heldNanos() / 2);
        assertThat(change.transactionEndedNanos() - change.returnedNanos()).isGreaterThan(190_000_000);
        assertThat(watch.sessionCount()).isEqualTo(1);
        assertThat(watch.strangers()).isEmpty();
    }

    @Test
    void seesARewriteInAutocommit() throws Exception {
        try (Connection tool = tool("extended")) {
            execute(tool, TOKEN);
        }

        assertThat(found(watch.statements(), TOKEN).rewrites())
                .containsExactly(new Rewrite("orders", "column default"));
    }

    /** As some tools send a whole file. */
    @Test
    void seesARewriteInAMessageOfSeveralStatements() throws Exception {
        String file = "begin; insert into other values (1); " + TOKEN + "; commit";
        try (Connection tool = tool("simple")) {
            execute(tool, file);
        }

        assertThat(found(watch.statements(), file).rewrites())
                .extracting(Rewrite::relation)
                .containsExactly("orders");
    }

    @Test
    void namesTheToolAsTheOneWhoWaitedAndForHowLong() throws Exception {
        String change = "alter table orders add column region text";
        try (Connection blocker = server.connect("harness-blocker");
                Connection tool = tool("extended")) {
            blocker.setAutoCommit(false);
            execute(blocker, "lock table orders in access share mode");
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    execute(tool, change);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(server, "select exists (select from pg_locks where not granted and relation = 'orders'::regclass)");
            execute(blocker, "select pg_sleep(0.1)");
            blocker.commit();
            waiting.join();
        }
        List<ToolStatement> statements = watch.statements();

        assertThat(found(statements, change).waitedNanos()).isGreaterThan(80_000_000);
        assertThat(server.events(LockWaited.class)).singleElement().satisfies(wait -> {
            assertThat(wait.party()).isEqualTo(Party.MIGRATION);
            assertThat(wait.target()).isEqualTo("orders");
        });
    }

    @Test
    void sessionsBeginWithTheSettingsAndTheirOwn() throws Exception {
        try (Connection blocker = server.connect("harness-blocker");
                Connection tool = tool("extended", "options", "-c work_mem=123kB")) {
            assertThat(text(tool, "show work_mem")).isEqualTo("123kB");
            assertThat(text(tool, "show lock_timeout")).isEqualTo("400ms");
            blocker.setAutoCommit(false);
            execute(blocker, "lock table orders in access share mode");
            runFailing(tool, "alter table orders add column region text");
            blocker.rollback();
        }

        assertThat(watch.statements())
                .filteredOn(statement -> statement.sqlState().isPresent())
                .extracting(ToolStatement::sql, ToolStatement::sqlState)
                .containsExactly(tuple("alter table orders add column region text", Optional.of("55P03")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void tellsWhatFailedAndWhy(String protocol) throws Exception {
        try (Connection tool = tool(protocol)) {
            runFailing(tool, "alter table orders add column id text");
            runFailing(tool, "select * from nowhere");
            execute(tool, "alter table orders add column region text");
        }

        assertThat(watch.statements())
                .filteredOn(statement -> statement.sqlState().isPresent())
                .extracting(ToolStatement::sql, ToolStatement::sqlState, ToolStatement::message)
                .containsExactly(
                        tuple(
                                "alter table orders add column id text",
                                Optional.of("42701"),
                                Optional.of("column \"id\" of relation \"orders\" already exists")),
                        tuple(
                                "select * from nowhere",
                                Optional.of("42P01"),
                                Optional.of("relation \"nowhere\" does not exist")));
    }

    /** Many at once, one of which fails: the server passes the rest over. */
    @Test
    void aBatchEndsWithWhatFails() throws Exception {
        try (Connection tool = tool("extended");
                PreparedStatement insert = tool.prepareStatement("insert into other values (100 / ?)")) {
            for (int divisor : new int[] {1, 2, 0, 4, 5}) {
                insert.setInt(1, divisor);
                insert.addBatch();
            }
            try {
                insert.executeBatch();
                throw new AssertionError("the server divided by zero");
            } catch (SQLException expected) {
                assertThat(expected.getSQLState()).isEqualTo("22012");
            }
            execute(tool, "insert into other values (7)");
            assertThat(text(tool, "select string_agg(id::text, ',') from other"))
                    .isEqualTo("7");
        }
        List<ToolStatement> statements = watch.statements();

        assertThat(statements)
                .filteredOn(statement -> statement.sqlState().isPresent())
                .extracting(ToolStatement::sqlState)
                .containsExactly(Optional.of("22012"));
        assertThat(statements).extracting(ToolStatement::sql).contains("insert into other values (7)");
    }

    @Test
    void passesOnWhatIsLargeAndWhatIsCopied() throws Exception {
        String large = "x".repeat(3_000_000);
        try (Connection tool = tool("extended")) {
            execute(tool, "insert into orders values (0, '" + large + "')");
            assertThat(text(tool, "select note from orders where id = 0")).isEqualTo(large);
            new CopyManager(tool.unwrap(BaseConnection.class))
                    .copyIn("copy other from stdin", new StringReader("1\n2\n3\n".repeat(100_000)));
            assertThat(text(tool, "select count(*) from other")).isEqualTo("300000");
        }

        assertThat(watch.statements()).extracting(ToolStatement::sql).contains("copy other from stdin");
    }

    @Test
    void aSessionThatIsEndedLosesItsTransaction() throws Exception {
        try (Connection tool = tool("extended")) {
            tool.setAutoCommit(false);
            execute(tool, "alter table orders add column region text");
            watch.endSessions();
            runFailing(tool, "select 1");
        }
        await(server, "select not exists (select from pg_stat_activity where application_name = 'harness-migration')");

        List<ToolStatement> statements = watch.statements();

        assertThat(statements).extracting(ToolStatement::sql).contains("rollback");
        assertThat(found(statements, "alter table orders add column region text")
                        .locks())
                .extracting(LockHeld::relation)
                .contains("orders");
    }

    @Test
    void aCancelReachesTheServer() throws Exception {
        try (Connection tool = tool("extended");
                Statement statement = tool.createStatement()) {
            statement.setQueryTimeout(1);
            try {
                statement.execute("select pg_sleep(600)");
                throw new AssertionError("nobody cancelled it");
            } catch (SQLException expected) {
                assertThat(expected.getSQLState()).isEqualTo("57014");
            }
        }
    }

    @Test
    void noticesSessionsOfNobodys() throws Exception {
        try (Connection stranger = server.connect("rails console")) {
            execute(stranger, "alter table other add column b int");
            execute(stranger, "select pg_sleep(0.1)");
        }

        assertThat(watch.strangers()).containsExactly("rails console");
        assertThat(watch.statements()).isEmpty();
        assertThat(watch.sessionCount()).isZero();
    }

    private Connection tool(String protocol, String... more) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("user", "plain");
        properties.setProperty("password", "plain");
        properties.setProperty("preferQueryMode", protocol);
        properties.setProperty("ApplicationName", "some tool");
        for (int i = 0; i < more.length; i += 2) {
            properties.setProperty(more[i], more[i + 1]);
        }
        int port = ((ToolWatch.Way.ByPort) watch.way()).port();
        return DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/theirs", properties);
    }
}
