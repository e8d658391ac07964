package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step.Transaction;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What each way of changing a column leaves in the record: the strongest locks on what was there before, the rewrite, the scan, the error. */
@ParameterizedClass(name = "PostgreSQL {0}")
@ValueSource(ints = {18, 15})
class HazardEvidenceTest {
    private static final int ROWS = 3_000;
    private static final String SYNTAX_ERROR = "42601";
    /** What only 18 has a word for. */
    private static final Set<String> SINCE_18 = Set.of(
            "add column g int generated always as (amount * 2) virtual", "add constraint nn not null status not valid");

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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            emptyValue = "",
            value = {
                "add column note text                          | AccessExclusive orders |                | 0 |",
                "add column n int default 42 not null          | AccessExclusive orders |                | 0 |",
                "add column at timestamptz default now()       | AccessExclusive orders |                | 0 |",
                "add column r float default random()           | AccessExclusive orders | column default | 1 |",
                "add column s serial                           | AccessExclusive orders | column default | 1 |",
                "add column g int generated always as (amount * 2) stored  | AccessExclusive orders | column default | 1 |",
                "add column g int generated always as (amount * 2) virtual | AccessExclusive orders |    | 0 |",
                "add column e email                            | AccessExclusive orders | column default | 1 |",
                "add column c int check (c > 0)                | AccessExclusive orders |                | 1 |",
                "add column x text not null                    | -                      |                | 0 | 23502",
                "add column u text unique                      | AccessExclusive orders |                | 1 |",
                "add column p bigint references customers      | AccessExclusive orders, ShareRowExclusive customers | | 0 |",
                "add foreign key (customer_id) references customers not valid | ShareRowExclusive customers, ShareRowExclusive orders | | 0 |",
                "alter column status set not null              | AccessExclusive orders |                | 1 |",
                "add constraint nn not null status not valid   | AccessExclusive orders |                | 0 |",
                "alter column amount type bigint               | AccessExclusive orders | column type    | 1 |",
                "alter column status type varchar(10)          | AccessExclusive orders | column type    | 1 |",
                "alter column status type varchar(40)          | AccessExclusive orders |                | 0 |",
                "alter column status type text                 | AccessExclusive orders |                | 0 |",
                "drop column status                            | AccessExclusive orders |                | 0 |",
            })
    void leavesItsEvidence(String change, String locks, String rewrite, int scanned, String sqlState) throws Exception {
        StatementObserved statement = ChangedTable.with(server, ROWS).observe("alter table orders " + change);

        if (version < 18 && SINCE_18.contains(change)) {
            assertThat(statement.sqlState()).contains(SYNTAX_ERROR);
            return;
        }
        assertThat(statement.sqlState().orElse("")).isEqualTo(sqlState == null ? "" : sqlState);
        assertThat(statement.rewrites())
                .isEqualTo(rewrite == null || rewrite.isEmpty() ? List.of() : List.of(new Rewrite("orders", rewrite)));
        assertThat(statement.scans().stream().map(Scan::relation).collect(Collectors.toSet()))
                .isEqualTo(scanned == 0 ? Set.of() : Set.of("orders"));
        // A rewrite reads the table once more for each index.
        assertThat(statement.scans()).allMatch(scan -> scan.rows() % ROWS == 0);
        if (locks != null) {
            assertThat(ChangedTable.locks(statement)).isEqualTo(locks);
        }
    }

    @Test
    void anIndexIsNotBuiltConcurrentlyInATransaction() throws Exception {
        StatementObserved statement =
                ChangedTable.with(server, ROWS).observe("create index concurrently on orders (amount)");

        assertThat(statement.sqlState()).contains("25001");
    }

    @Test
    void aViewHoldsItsColumnsTypesAndLacksWhatIsAddedLater() throws Exception {
        ChangedTable orders = ChangedTable.with(server, ROWS);
        server.execute("create view all_orders as select * from orders");

        List<StatementObserved> statements = orders.observeAll(
                Transaction.NONE,
                "alter table orders add column region text",
                "alter table orders alter column amount type bigint");

        assertThat(statements.getFirst().status()).isEqualTo(Status.SUCCEEDED);
        assertThat(statements.getLast().sqlState()).contains("0A000");
        assertThat(statements.getLast().rewrites()).isEmpty();
        assertThatThrownBy(() -> server.execute("select region from all_orders"))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42703"));
    }

    @Test
    void aBackfillInTheTransactionOfItsColumnIsHeldToTheEnd() throws Exception {
        List<StatementObserved> statements = ChangedTable.with(server, ROWS)
                .observeAll(
                        Transaction.ONE,
                        "alter table orders add column region text",
                        "update orders set region = 'eu'");

        StatementObserved alter = statements.getFirst();
        StatementObserved backfill = statements.getLast();
        LockHeld lock = alter.locks().stream()
                .filter(each -> each.relation().equals("orders") && each.mode().equals("AccessExclusive"))
                .findFirst()
                .orElseThrow();
        long backfillNanos = backfill.returnedNanos() - backfill.sentNanos();
        assertThat(lock.heldNanos() + lock.errorNanos()).isGreaterThanOrEqualTo(backfillNanos);
    }
}
