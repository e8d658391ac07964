package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step.Transaction;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The evidence of changes on servers that write CSV, and that reset a session's row counts only when they report them, at most twice a second:
 * statements that follow each other at once stand on each other's counts.
 */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {14, 13})
class EvidenceOfOlderServersTest {
    private static final int ROWS = 3_000;
    private static final List<Scan> ONE_SCAN = List.of(new Scan("orders", ROWS));

    @TempDir
    static Path directory;

    private static MeasuredServer server;

    @Parameter
    int version;

    @BeforeParameterizedClassInvocation
    static void start(int version) throws Exception {
        server = MeasuredServer.started(directory.resolve(Integer.toString(version)), version);
    }

    @AfterParameterizedClassInvocation
    static void stop() throws Exception {
        server.close();
    }

    @AfterEach
    void noTrouble() {
        assertThat(server.events(InstrumentTrouble.class)).isEmpty();
    }

    @Test
    void tellsARewriteWithItsLockAndItsReason() throws Exception {
        StatementObserved statement =
                ChangedTable.with(server, ROWS).observe("alter table orders add column r float default random()");

        assertThat(statement.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(statement.rewrites()).containsExactly(new Rewrite("orders", "column default"));
        assertThat(ChangedTable.locks(statement)).isEqualTo("AccessExclusive orders");
        assertThat(statement.walBytes()).isEmpty();
    }

    @Test
    void countsForAStatementByItselfWhatItAloneHasRead() throws Exception {
        List<StatementObserved> statements = ChangedTable.with(server, ROWS)
                .observeAll(
                        Transaction.NONE,
                        "alter table orders add constraint one check (amount > 0)",
                        "alter table orders add column note text",
                        "alter table orders add constraint two check (amount > -1)",
                        "alter table orders alter column status set not null",
                        "alter table orders add column other text");

        assertThat(scans(statements)).containsExactly(ONE_SCAN, List.of(), ONE_SCAN, ONE_SCAN, List.of());
    }

    @Test
    void countsForAStatementOfATransactionWhatItAloneHasRead() throws Exception {
        ChangedTable orders = ChangedTable.with(server, ROWS);
        // Read before the transactions, by the same session: in none of their counts.
        List<StatementObserved> statements = orders.observeAll(
                Transaction.NONE,
                "alter table orders add constraint one check (amount > 0)",
                "begin",
                "update orders set status = 'old' where amount = 1",
                "alter table orders alter column status set not null",
                "alter table orders add column note text",
                "commit",
                "begin",
                "alter table orders add column other text",
                "alter table orders add constraint two check (amount > -1)",
                "select count(*) from orders where status = 'old'",
                "commit");

        assertThat(scans(statements))
                .containsExactly(
                        ONE_SCAN,
                        List.of(),
                        ONE_SCAN,
                        // The update has left a second version of its row, which is dead, and is not counted.
                        ONE_SCAN,
                        List.of(),
                        List.of(),
                        List.of(),
                        List.of(),
                        ONE_SCAN,
                        ONE_SCAN,
                        List.of());
    }

    @Test
    void neverCountsMoreThanTheTableHasHoweverManyStatementsFollowEachOther() throws Exception {
        String[] statements = IntStream.range(0, 16)
                .mapToObj(n -> n % 2 == 0
                        ? "alter table orders add constraint c" + n + " check (amount > -" + n + " - 1)"
                        : "alter table orders add column n" + n + " text")
                .toArray(String[]::new);

        List<List<Scan>> scans = scans(ChangedTable.with(server, ROWS).observeAll(Transaction.NONE, statements));

        assertThat(scans)
                .isEqualTo(IntStream.range(0, 16)
                        .mapToObj(n -> n % 2 == 0 ? ONE_SCAN : List.<Scan>of())
                        .collect(Collectors.toList()));
    }

    @Test
    void tellsTheSchemaAndWhatHasChangedInIt() throws Exception {
        ChangedTable.with(server, ROWS);
        try (Connection connection = server.connect("test")) {
            MeasuredServer.execute(connection, "create publication shop for table orders");
            SchemaFingerprint before = SchemaFingerprint.of(connection);
            MeasuredServer.execute(connection, "alter table orders add column note text");
            SchemaFingerprint after = SchemaFingerprint.of(connection);

            assertThat(SchemaFingerprint.differences(before, after))
                    .containsExactly("orders.note was not there before (column 5; text)");
            assertThat(before.lines().get("publication shop")).endsWith("; orders");
            MeasuredServer.execute(connection, "drop publication shop");
        }
    }

    private static List<List<Scan>> scans(List<StatementObserved> statements) {
        assertThat(statements).allMatch(statement -> statement.status() == Status.SUCCEEDED);
        return statements.stream().map(StatementObserved::scans).toList();
    }
}
