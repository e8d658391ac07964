package dev.rehearsal.migration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.MeasuredServer;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementObserved;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What each way of changing a column leaves in the record: the strongest locks on what was there before, the rewrite, the scan, the error. */
class HazardEvidenceTest {
    private static final int ROWS = 3_000;

    @TempDir
    static Path directory;

    private static MeasuredServer server;

    @BeforeAll
    static void start() throws Exception {
        server = MeasuredServer.started(directory);
    }

    @AfterAll
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
}
