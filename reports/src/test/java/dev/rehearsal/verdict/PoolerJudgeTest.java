package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.MIGRATION_PID;
import static dev.rehearsal.verdict.RunBuilder.PLACE_IN_FILE;
import static dev.rehearsal.verdict.RunBuilder.READ;
import static dev.rehearsal.verdict.RunBuilder.nanos;
import static dev.rehearsal.verdict.RunBuilder.statement;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import dev.rehearsal.run.RunEvent.SessionState;
import dev.rehearsal.run.RunEvent.SessionStateFound;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import dev.rehearsal.run.RunRecord;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class PoolerJudgeTest {
    private static final String SET = "set lock_timeout = '2s'";

    private static RunBuilder run() {
        return new RunBuilder().behindPooler("transaction").migrated(statement(SET, 41_000, 1));
    }

    private static SessionStateFound leaked(SessionState kind, String setting, String value, int pid) {
        return new SessionStateFound(nanos(94_000), kind, setting, value, pid, OptionalInt.empty(), Optional.empty());
    }

    private static String told(RunRecord run) {
        List<Finding> findings = new PoolerJudge(run).judge();
        assertThat(findings).singleElement().satisfies(finding -> {
            assertThat(finding.objective()).isEqualTo("pooler");
            assertThat(finding.status()).isEqualTo(Verdict.Status.FAILED);
        });
        return findings.getFirst().subject() + ": " + findings.getFirst().shownObserved() + ": "
                + findings.getFirst().message();
    }

    @Test
    void aSettingThatLeakedNamesItsStatementAndWhomItHit() {
        RunRecord run = run().event(leaked(SessionState.LEAKED_SETTING, "lock_timeout", "2s", 11))
                .event(leaked(SessionState.LEAKED_SETTING, "lock_timeout", "2s", 12))
                .request(READ, 1, 45_000, 0.1, 0.1, 2002, Outcome.FAILED, "55P03")
                .build();

        assertThat(told(run))
                .isEqualTo(
                        "lock_timeout in sessions of the application: leaked: `set lock_timeout = '2s'` was for its session, and after the run"
                                + " 2 sessions that the pooler serves others by still had it (2s). 1 request was refused a lock because of it"
                                + " (SQLState 55P03), though the application sets none. Write set local in a transaction, which ends with it, or"
                                + " let the migration go around the pooler.");
        assertThat(new PoolerJudge(run).judge().getFirst().cause()).contains(PLACE_IN_FILE);
    }

    @Test
    void aSettingThatIsLostNamesTheStatementThatRanWithoutIt() {
        RunRecord run = run().event(new SessionStateFound(
                        nanos(42_000),
                        SessionState.LOST_SETTING,
                        "lock_timeout",
                        "0",
                        12,
                        OptionalInt.of(0),
                        Optional.of(PLACE_IN_FILE)))
                .build();

        assertThat(told(run))
                .isEqualTo(
                        "lock_timeout of the migration's session: lost: `set lock_timeout = '2s'` was for its session, but the pooler gave the"
                                + " statement at scenario.yaml:12:5 to another session (12), where it is 0. Write set local in the transaction"
                                + " that needs it, or let the migration go around the pooler.");
    }

    @Test
    void anAdvisoryLockThatNobodyCanReleaseIsTold() {
        RunRecord run = run().event(leaked(SessionState.LEAKED_LOCK, "0, 4711", "Exclusive", 11))
                .build();

        assertThat(told(run))
                .isEqualTo(
                        "advisory locks of sessions: leaked: After the run an advisory lock was still held, the first by session 11 (keys 0,"
                                + " 4711): whoever took it was served by another session when it released it, or was gone. Take"
                                + " pg_advisory_xact_lock, or let the migration go around the pooler.");
    }

    @Test
    void preparedStatementsThatSessionsDoNotKnowAreTold() {
        RunRecord run = run().request(READ, 1, 20_000, 0.1, 0.1, 2, Outcome.FAILED, "26000")
                .request(READ, 2, 20_100, 0.1, 0.1, 2, Outcome.FAILED, "42P05")
                .build();

        assertThat(told(run))
                .startsWith(
                        "prepared statements of the application: 2 failed: 2 requests of read-order failed with SQLState 26000 or 42P05:")
                .endsWith(
                        "Write pool: { prepareThreshold: 0 }, or take a PgBouncer of 1.21 or newer with preparedStatements.");
    }

    @Test
    void withoutAPoolerThatSharesNothingIsSaid() {
        RunBuilder prepared = new RunBuilder().request(READ, 1, 20_000, 0.1, 0.1, 2, Outcome.FAILED, "26000");

        assertThat(new PoolerJudge(prepared.build()).judge()).isEmpty();
        assertThat(new PoolerJudge(prepared.behindPooler("session").build()).judge())
                .isEmpty();
    }

    /** The server knows its own processes alone, the request its client's number alone; the name that the pooler passes on has both. */
    @Test
    void aWaitIsItsClientsWhicheverSessionServedIt() {
        int client = 3;
        int backend = 812;
        RunBuilder run = new RunBuilder()
                .behindPooler("transaction")
                .migrated(statement("alter table orders add x int", 41_000, 1000)
                        .held("orders", "AccessExclusive", 1000, 1))
                .request(READ, RequestRecord.clientSession(client), 41_099, 0.1, 0.1, 902, Outcome.SUCCEEDED, "")
                .request(READ, RequestRecord.clientSession(4), 41_100, 0.1, 0.1, 900, Outcome.SUCCEEDED, "")
                .event(new LockWaited(
                        nanos(42_000),
                        nanos(41_100),
                        nanos(42_000),
                        nanos(900),
                        nanos(1),
                        backend,
                        Party.APPLICATION,
                        "harness-app/checkout",
                        "orders",
                        true,
                        "AccessShare",
                        WaitOutcome.ACQUIRED,
                        List.of(MIGRATION_PID),
                        List.of(backend),
                        OptionalInt.of(client)));

        Attribution attribution = Attribution.of(run.build());

        assertThat(attribution.impacts().getFirst().victims())
                .containsExactly(
                        new Victims("checkout", "read-order", 1, new TreeMap<>(), nanos(900), nanos(900), nanos(902)));
        assertThat(attribution.unmatched()).isEmpty();
    }

    @Test
    void theNumberInANameIsFoundAlsoWhereTheServerCutsTheNameOff() {
        String name = ApplicationNames.client("a-service-whose-name-is-longer-than-the-server-keeps-of-it", 17);

        assertThat(name).startsWith("harness-app/#17/a-service");
        assertThat(ApplicationNames.clientOf(name.substring(0, 63))).hasValue(17);
        assertThat(ApplicationNames.withoutClient("harness-app/#17/checkout")).isEqualTo("harness-app/checkout");
        assertThat(ApplicationNames.clientOf("harness-app/checkout")).isEmpty();
        assertThat(ApplicationNames.party(name)).isEqualTo(RunEvent.Party.APPLICATION);
    }
}
