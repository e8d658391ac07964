package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Noted;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.LockPolicy;
import dev.rehearsal.scenario.Step.ToolAction;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Steps that tools carry out on a server whose log is not read, with a role that owns a database and nothing else. */
class ToolsWithoutALogTest {
    private static final LockPolicy POLICY = new LockPolicy(Optional.empty(), 0, Duration.ofMillis(10));
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String CHANGE = "alter table orders add column token uuid not null default gen_random_uuid()";

    @TempDir
    private static Path directory;

    private static MeasuredServer server;

    @TempDir
    private Path folder;

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
                "drop table if exists orders, flyway_schema_history, databasechangelog, databasechangeloglock",
                "create table orders (id bigint primary key)",
                "insert into orders select generate_series(1, 200000)",
                "analyze orders");
        server.instruments().drain();
        server.forgetEvents();
        Files.writeString(folder.resolve("V1__token.sql"), CHANGE + ";");
        Files.writeString(folder.resolve("log.sql"), "--liquibase formatted sql\n--changeset me:1\n" + CHANGE + ";\n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"sql", "flyway", "liquibase", "command"})
    void theSameChangeGivesTheSameEvidenceWhoeverCarriesItOut(String way) {
        assertThat(run(step(way, POLICY)).failure()).isEmpty();

        StatementObserved change = observed();
        assertThat(change.rewrites()).containsExactly(new Rewrite("orders", "column default"));
        assertThat(change.locks())
                .filteredOn(
                        lock -> lock.relation().equals("orders") && lock.mode().equals("AccessExclusive"))
                .singleElement()
                .satisfies(lock -> {
                    assertThat(lock.ownRelation()).isFalse();
                    assertThat(lock.heldNanos()).isPositive();
                    assertThat(lock.heldNanos() - lock.errorNanos())
                            .isLessThanOrEqualTo(change.transactionEndedNanos() - change.sentNanos());
                });
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
        assertThat(server.events(Noted.class))
                .as("what is not known, and no strangers")
                .hasSize(way.equals("sql") ? 0 : 1)
                .allSatisfy(note -> assertThat(note.message()).contains("is known from its messages"));
    }

    /** Behind somebody, with a timeout of the step's and a second try; the tool has a name of its own. */
    @Test
    void aCommandWaitsAndTriesAgain() throws Exception {
        try (Connection blocker = server.connect("harness-blocker");
                Statement statement = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            statement.execute("lock table orders in access share mode");
            Step step = step("command", new LockPolicy(Optional.of(Duration.ofMillis(300)), 20, Duration.ofMillis(50)));
            CompletableFuture<MigrationOutcome> outcome = CompletableFuture.supplyAsync(() -> run(step));
            await().atMost(LIMIT)
                    .until(() ->
                            outcome.isDone() || !server.events(LockWaited.class).isEmpty());
            blocker.rollback();

            assertThat(outcome.join().failure()).isEmpty();
        }

        assertThat(server.events(LockWaited.class))
                .isNotEmpty()
                .allSatisfy(wait -> assertThat(wait.party()).isEqualTo(Party.MIGRATION));
        List<StatementObserved> tries = server.events(StatementObserved.class).stream()
                .filter(statement -> statement.sql().equals(CHANGE))
                .toList();
        assertThat(tries).hasSizeGreaterThan(1);
        assertThat(tries.getFirst().sqlState()).contains("55P03");
        assertThat(tries.getFirst().waitedNanos()).isGreaterThan(200_000_000);
        assertThat(tries.getLast().sqlState()).isEmpty();
    }

    @Test
    void aCommandThatConnectsAroundTheRelayIsNoticed() {
        Failure failure = run(new ToolsIn(folder, POLICY).command("around", server.url(), "select pg_sleep(0.3)"))
                .failure()
                .orElseThrow();

        assertThat(failure.message())
                .startsWith(
                        "it ended well, but no session of it came to the server: it connected around the fault proxy, as around;");
    }

    private static StatementObserved observed() {
        return server.events(StatementObserved.class).stream()
                .filter(statement -> statement.sql().equals(CHANGE))
                .findFirst()
                .orElseThrow();
    }

    private static MigrationOutcome run(Step step) {
        return Migrations.runner(server, StepListener.none())
                .run(Phase.MIGRATION, List.of(step), Duration.ofMinutes(2), 0);
    }

    private Step step(String way, LockPolicy policy) {
        ToolsIn tools = new ToolsIn(folder, policy);
        return switch (way) {
            case "sql" -> Migrations.step(policy, Step.Transaction.ONE, CHANGE);
            case "flyway" -> tools.flyway("V1__token.sql");
            case "liquibase" -> tools.liquibase(ToolAction.APPLY, "log.sql::1::me");
            default -> tools.command("apply", CHANGE);
        };
    }
}
