package dev.rehearsal.measure;

import static dev.rehearsal.measure.MeasuredServer.execute;
import static dev.rehearsal.measure.SessionTesting.await;
import static dev.rehearsal.measure.SessionTesting.found;
import static dev.rehearsal.measure.SessionTesting.runFailing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
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

/** Sessions that the harness did not open, on a real server whose log is read. */
class ToolWatchTest {
    private static final int ROWS = 20_000;

    @TempDir
    private static Path directory;

    private static MeasuredServer server;

    private ToolWatch watch;

    @BeforeAll
    static void startServer() throws Exception {
        server = MeasuredServer.started(directory);
    }

    @AfterAll
    static void stopServer() throws Exception {
        server.close();
    }

    @BeforeEach
    void begin() throws SQLException {
        server.execute(
                "drop table if exists orders, other",
                "create table orders (id bigint primary key, note text)",
                "insert into orders select g, 'n' from generate_series(1, " + ROWS + ") g",
                "create table other (id bigint)",
                "analyze");
        server.instruments().drain();
        server.forgetEvents();
        try (Connection own = server.connect("harness-migration");
                WitnessedSession session = server.instruments().witness().attach(own)) {
            // A migration begins with a session of its own; what is there then is not its own.
            assertThat(session.backendPid()).isPositive();
        }
        watch = server.instruments().witness().watchTool(Map.of(), "nobody.invalid", 1);
    }

    @AfterEach
    void end() {
        watch.close();
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"simple", "extended"})
    void seesWhatASessionOfItsOwnWouldShow(String protocol) throws Exception {
        String change = "alter table orders add column token uuid not null default gen_random_uuid()";
        Observation ours = ofOwnSession(change, "alter table orders drop column token");

        try (Connection tool = tool(protocol)) {
            tool.setAutoCommit(false);
            execute(tool, change);
            execute(tool, "select pg_sleep(0.2)");
            tool.commit();
        }
        ToolStatement theirs = only(change);

        assertThat(theirs.sqlState()).isEmpty();
        assertThat(theirs.observation().rewrites())
                .isEqualTo(ours.rewrites())
                .containsExactly(new Rewrite("orders", "column default"));
        assertThat(theirs.observation().scans()).isEqualTo(ours.scans()).isNotEmpty();
        assertThat(modes(theirs.observation())).containsExactlyInAnyOrderElementsOf(modes(ours));
        LockHeld held = exclusive(theirs.observation());
        assertThat(held.heldNanos() + held.errorNanos()).isGreaterThan(200_000_000);
        assertThat(held.errorNanos()).isLessThan(held.heldNanos() / 2);
        assertThat(theirs.observation().transactionEndedNanos()
                        - theirs.observation().returnedNanos())
                .isGreaterThan(190_000_000);
    }

    @Test
    void countsTheRowsOfAHiddenScanAlone() throws Exception {
        try (Connection tool = tool("extended")) {
            execute(tool, "select count(*) from orders where note = 'x'");
            execute(tool, "alter table orders add constraint short check (length(note) < 9)");
        }

        assertThat(only("alter table orders add constraint short check (length(note) < 9)")
                        .observation()
                        .scans())
                .containsExactly(new Scan("orders", ROWS));
    }

    @Test
    void namesTheToolAsTheOneWhoWaitedAndForHowLong() throws Exception {
        try (Connection blocker = server.connect("harness-blocker");
                Connection tool = tool("extended")) {
            blocker.setAutoCommit(false);
            execute(blocker, "lock table orders in access share mode");
            Thread waiting = Thread.ofPlatform().start(() -> {
                try {
                    execute(tool, "alter table orders add column region text");
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            await(server, "select exists (select from pg_locks where not granted and relation = 'orders'::regclass)");
            execute(blocker, "select pg_sleep(0.1)");
            blocker.commit();
            waiting.join();
        }

        ToolStatement statement = only("alter table orders add column region text");

        assertThat(statement.observation().waitedNanos()).isGreaterThan(90_000_000);
        List<LockWaited> waits = server.events(LockWaited.class);
        assertThat(waits).singleElement().satisfies(wait -> {
            assertThat(wait.party()).isEqualTo(Party.MIGRATION);
            assertThat(wait.pid()).isEqualTo(statement.backendPid());
            assertThat(wait.target()).isEqualTo("orders");
        });
    }

    @Test
    void tellsWhatFailedAndWhy() throws Exception {
        try (Connection tool = tool("extended")) {
            runFailing(tool, "alter table orders add column id text");
            runFailing(tool, "select * from nowhere");
        }

        List<ToolStatement> statements = watch.statements();

        assertThat(statements)
                .filteredOn(statement -> statement.sqlState().isPresent())
                .extracting(ToolStatement::sql, ToolStatement::sqlState, ToolStatement::message)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "alter table orders add column id text",
                                Optional.of("42701"),
                                Optional.of("column \"id\" of relation \"orders\" already exists")),
                        org.assertj.core.groups.Tuple.tuple(
                                "select * from nowhere",
                                Optional.of("42P01"),
                                Optional.of("relation \"nowhere\" does not exist")));
    }

    @Test
    void locksOfATransactionGoToTheStatementThatTookThemAndEndWithIt() throws Exception {
        try (Connection tool = tool("simple")) {
            execute(tool, "begin");
            execute(tool, "alter table other add column a int");
            execute(tool, "alter table orders add column a int");
            execute(tool, "rollback");
            execute(tool, "select pg_sleep(0.1)");
        }

        List<ToolStatement> statements = watch.statements();

        assertThat(statements).extracting(ToolStatement::sql).contains("begin", "rollback");
        assertThat(modes(found(statements, "alter table other add column a int")))
                .containsExactly("other AccessExclusive");
        assertThat(modes(found(statements, "alter table orders add column a int")))
                .containsExactly("orders AccessExclusive");
        assertThat(exclusive(found(statements, "alter table orders add column a int"))
                        .heldNanos())
                .isLessThan(100_000_000);
    }

    @Test
    void whatTheToolMakesBelongsToWhomItWouldBelong() throws Exception {
        try (Connection tool = tool("extended")) {
            execute(tool, "create table made (id int)");
            try (Statement statement = tool.createStatement();
                    ResultSet row = statement.executeQuery(
                            "select tableowner, current_user, session_user from pg_tables where tablename = 'made'")) {
                row.next();
                assertThat(row.getString(1)).isEqualTo("postgres");
                assertThat(row.getString(2)).isEqualTo("postgres");
                assertThat(row.getString(3)).isEqualTo("harness_tool");
            }
            execute(tool, "drop table made");
        }
    }

    @Test
    void knowsATableByTheNameThatItHadThen() throws Exception {
        String widened = "alter table orders_new alter column id type numeric";
        String extended = "alter table orders add column b int";
        try (Connection tool = tool("extended")) {
            execute(tool, "create table orders_new (id bigint)");
            execute(tool, widened);
            execute(tool, "drop table orders");
            execute(tool, "alter table orders_new rename to orders");
            execute(tool, extended);
        }
        List<ToolStatement> statements = watch.statements();

        Observation before = found(statements, widened);
        assertThat(before.rewrites()).containsExactly(new Rewrite("orders_new", "column type", true));
        assertThat(before.locks())
                .filteredOn(lock -> lock.mode().equals("AccessExclusive"))
                .extracting(LockHeld::relation, LockHeld::ownRelation)
                .containsExactly(tuple("orders_new", true));
        assertThat(exclusive(found(statements, extended)).ownRelation()).isFalse();
    }

    @Test
    void noticesSessionsOfNobodys() throws Exception {
        try (Connection stranger = server.connect("rails console")) {
            execute(stranger, "alter table other add column b int");
        }
        watch.statements();

        assertThat(watch.strangers()).containsExactly("rails console");
        assertThat(watch.sessionCount()).isZero();
    }

    private Observation ofOwnSession(String sql, String undo) throws Exception {
        try (Connection own = server.connect("harness-migration")) {
            Observation[] seen = new Observation[1];
            try (WitnessedSession session = server.instruments().witness().attach(own)) {
                session.sending("begin");
                execute(own, "begin");
                session.returned(WitnessedSession.Transaction.OPEN);
                session.sending(sql);
                execute(own, sql);
                session.returned(WitnessedSession.Transaction.OPEN);
                session.sending("commit");
                execute(own, "commit");
                session.returned(WitnessedSession.Transaction.ENDED);
                session.transactionEnded(observations -> seen[0] = observations.get(1));
            }
            execute(own, undo);
            return seen[0];
        }
    }

    private Connection tool(String protocol) throws SQLException {
        Properties properties = new Properties();
        ToolWatch.Way.AsRole role = (ToolWatch.Way.AsRole) watch.way();
        properties.setProperty("user", role.user());
        properties.setProperty("password", role.password());
        properties.setProperty("preferQueryMode", protocol);
        properties.setProperty("ApplicationName", "some tool");
        return DriverManager.getConnection(server.url().replaceFirst("\\?.*", ""), properties);
    }

    private ToolStatement only(String sql) {
        List<ToolStatement> found = watch.statements().stream()
                .filter(statement -> statement.sql().equals(sql))
                .toList();
        assertThat(found).hasSize(1);
        return found.getFirst();
    }

    private static List<String> modes(Observation observation) {
        return observation.locks().stream()
                .filter(lock -> !lock.ownRelation())
                .map(lock -> lock.relation() + " " + lock.mode())
                .toList();
    }

    private static LockHeld exclusive(Observation observation) {
        return observation.locks().stream()
                .filter(lock -> lock.relation().equals("orders") && lock.mode().equals("AccessExclusive"))
                .findFirst()
                .orElseThrow();
    }
}
