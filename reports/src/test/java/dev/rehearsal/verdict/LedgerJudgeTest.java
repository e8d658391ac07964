package dev.rehearsal.verdict;

import static dev.rehearsal.verdict.RunBuilder.PLACE_IN_FILE;
import static dev.rehearsal.verdict.RunBuilder.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.verdict.LedgerAccount.Loss;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Every row of the account, and every way in which it can be wrong. */
class LedgerJudgeTest {
    private static final String END = "at the end of the run";
    private static final String BACK = "when the server was back";

    private static RunBuilder run(long max) {
        return new RunBuilder().withLedger().objective(new Objective.LostWrites(PLACE_IN_FILE, max));
    }

    private static RunBuilder run() {
        return run(0);
    }

    private static Finding finding(RunBuilder run) {
        return run.judged().findings().stream()
                .filter(finding -> finding.objective().equals("lostWrites"))
                .findFirst()
                .orElseThrow();
    }

    private static LedgerAccount account(RunBuilder run) {
        return run.judged().ledger().orElseThrow();
    }

    @Test
    void acknowledgedAndThereIsAsItShouldBe() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1).readBack(95_600, END, true, entry(0, 1));

        LedgerAccount account = account(run);

        assertThat(account.acknowledged()).isEqualTo(1);
        assertThat(account.lost()).isZero();
        assertThat(account.verified()).isTrue();
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.PASSED);
        assertThat(finding(run).message())
                .isEqualTo("All 1 acknowledged writes are there; none of unknown outcome; none twice.");
    }

    @Test
    void acknowledgedAndNotThereIsLost() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1)
                .write(1, 42_000, Outcome.SUCCEEDED, 1)
                .write(2, 43_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(0, 1));

        LedgerAccount account = account(run);
        Finding finding = finding(run);

        assertThat(account.lost()).isEqualTo(2);
        assertThat(account.losses())
                .containsExactly(
                        new Loss("checkout", "place-order", 1, RunBuilder.nanos(42_000), END),
                        new Loss("checkout", "place-order", 2, RunBuilder.nanos(43_000), END));
        assertThat(finding.status()).isEqualTo(Verdict.Status.FAILED);
        assertThat(finding.observed()).hasValue(2);
        assertThat(finding.message())
                .isEqualTo("2 of 3 writes that the server had acknowledged are not there any more, the first of them"
                        + " place-order, acknowledged 42.0 s after the run's begin; missed when the ledger was read at"
                        + " the end of the run.");
    }

    /** To find that a write is missing takes none of the instruments that a valid run needs. */
    @Test
    void aLossThatWasFoundStaysOneInARunWhoseMeasurementsAreNotJudged() {
        RunBuilder run = run().objective(new Objective.MigrationTime(PLACE_IN_FILE, Duration.ofMinutes(1)))
                .migrated(RunBuilder.statement("alter table orders add x int", 41_000, 3))
                .write(0, 41_000, Outcome.SUCCEEDED, 1)
                .write(1, 42_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(0, 1))
                .event(new RunEvent.InstrumentTrouble(RunBuilder.nanos(50_000), "lock tracer", "Lost."));

        Verdict verdict = run.judged();

        assertThat(verdict.validity().valid()).isFalse();
        assertThat(verdict.findings())
                .extracting(Finding::objective, Finding::status)
                .containsExactly(
                        tuple("lostWrites", Verdict.Status.FAILED),
                        tuple("migrationTime", Verdict.Status.INCONCLUSIVE));
        assertThat(verdict.status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(verdict.story().sentences())
                .first()
                .asString()
                .startsWith("1 of 2 writes that the server had acknowledged is not there any more");
        assertThat(verdict.story().sentences()).contains("The lock tracer had trouble: Lost.");
    }

    /** To know that nothing is missing takes a run that came to its end. */
    @Test
    void thatNothingIsLostIsNotKnownOfARunThatIsNotValid() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(0, 1))
                .event(new RunEvent.InstrumentTrouble(RunBuilder.nanos(50_000), "lock tracer", "Lost."));

        assertThat(finding(run).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(run.judged().status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
    }

    @Test
    void whatWasMissingWhenTheServerWasBackIsLostThoughALaterServerHasIt() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1)
                .readBack(45_000, BACK, false)
                .readBack(95_600, END, true, entry(0, 1));

        assertThat(account(run).lost()).isEqualTo(1);
        assertThat(account(run).losses()).extracting(Loss::occasion).containsExactly(BACK);
    }

    @Test
    void whatIsAcknowledgedAfterAReadingBeganNeedNotBeInIt() {
        RunBuilder run = run().write(0, 45_001, Outcome.SUCCEEDED, 1)
                .readBack(45_000, BACK, false)
                .readBack(95_600, END, true, entry(0, 1));

        assertThat(account(run).lost()).isZero();
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.PASSED);
    }

    /** Fails if what is unknown is taken for acknowledged. */
    @Test
    void ofUnknownOutcomeEitherIsFine() {
        RunBuilder run = run().write(0, 41_000, Outcome.FAILED, 1, 1)
                .write(1, 42_000, Outcome.FAILED, 1, 1)
                .write(2, 43_000, Outcome.ABANDONED, 1, 1)
                .write(3, 44_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(1, 1), entry(3, 1));

        LedgerAccount account = account(run);

        assertThat(account.unknown()).isEqualTo(3);
        assertThat(account.unknownPresent()).isEqualTo(1);
        assertThat(account.unknownAbsent()).isEqualTo(2);
        assertThat(account.acknowledged()).isEqualTo(1);
        assertThat(account.lost()).isZero();
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.PASSED);
    }

    /** Fails if a success that came with the warning of a cancelled wait counts as acknowledged. */
    @Test
    void aSuccessWithTheWarningOfACancelledWaitIsUnknown() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1, 1)
                .write(1, 44_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(1, 1));

        LedgerAccount account = account(run);

        assertThat(account.acknowledged()).isEqualTo(1);
        assertThat(account.unknown()).isEqualTo(1);
        assertThat(account.cancelledWaits()).isEqualTo(1);
        assertThat(account.lost()).isZero();
    }

    @Test
    void refusedAndNotThereIsAsItShouldBe() {
        RunBuilder run = run().write(0, 41_000, Outcome.FAILED, 1)
                .write(1, 44_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(1, 1));

        assertThat(account(run).refused()).isEqualTo(1);
        assertThat(account(run).verified()).isTrue();
    }

    @Test
    void refusedYetThereIsADefectAndNothingIsJudgedByIt() {
        RunBuilder run = run().write(0, 41_000, Outcome.FAILED, 1)
                .write(1, 44_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(0, 1), entry(1, 1));

        assertThat(account(run).refusedPresent()).isEqualTo(1);
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(finding(run).message()).startsWith("1 write that the server had refused are in the ledger");
    }

    @Test
    void aRetryOfWhatHadBeenCommittedIsADuplicateAndNoLoss() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 2, 1)
                .write(1, 42_000, Outcome.SUCCEEDED, 3, 1, 2)
                .write(2, 43_000, Outcome.SUCCEEDED, 2)
                .readBack(95_600, END, true, entry(0, 1), entry(0, 2), entry(1, 3), entry(2, 2));

        LedgerAccount account = account(run);

        assertThat(account.acknowledged()).isEqualTo(3);
        assertThat(account.duplicated()).isEqualTo(1);
        assertThat(account.attempts()).isEqualTo(7);
        assertThat(account.lost()).isZero();
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.PASSED);
        assertThat(finding(run).message())
                .isEqualTo(
                        "All 3 acknowledged writes are there; none of unknown outcome; 1 committed again by a retry.");
    }

    @Test
    void oneEntryThatStandsThereTwiceIsADuplicate() {
        RunBuilder run =
                run().write(0, 41_000, Outcome.SUCCEEDED, 1).readBack(95_600, END, true, entry(0, 1), entry(0, 1));

        assertThat(account(run).duplicated()).isEqualTo(1);
    }

    @Test
    void anEntryOfNobodyPutsTheAccountInDoubt() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(0, 1), entry(7, 1), entry(8, 1));

        assertThat(account(run).strangers()).isEqualTo(2);
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
    }

    /** Fails if nobody reads back. */
    @Test
    void withoutAReadingNothingIsKnown() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1);

        assertThat(account(run).verified()).isFalse();
        assertThat(finding(run).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(finding(run).observed()).isEmpty();
        assertThat(run.judged().status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
    }

    @Test
    void aReadingBeforeTheEndIsNotEnough() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1).readBack(45_000, BACK, false, entry(0, 1));

        assertThat(finding(run).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
    }

    @Test
    void aReadingThatFailedIsToldAndInconclusive() {
        RunBuilder run =
                run().write(0, 41_000, Outcome.SUCCEEDED, 1).notReadBack(95_600, END, true, "connection refused");

        assertThat(finding(run).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
        assertThat(finding(run).message())
                .isEqualTo("The ledger could not be read back at the end of the run: connection refused");
    }

    @Test
    void aLossThatWasFoundIsALossThoughTheSearchEndedEarly() {
        RunBuilder run = run().write(0, 41_000, Outcome.SUCCEEDED, 1)
                .readBack(45_000, BACK, false)
                .notReadBack(95_600, END, true, "connection refused");

        assertThat(finding(run).status()).isEqualTo(Verdict.Status.FAILED);
    }

    @Test
    void asManyAsTheScenarioAllowsMayBeLost() {
        RunBuilder allowed = run(1).write(0, 41_000, Outcome.SUCCEEDED, 1)
                .write(1, 42_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true, entry(0, 1));

        assertThat(finding(allowed).status()).isEqualTo(Verdict.Status.PASSED);
        assertThat(finding(allowed).shownLimit()).isEqualTo("1");
    }

    @Test
    void aRunThatWroteNothingHasShownNothing() {
        assertThat(finding(run().readBack(95_600, END, true)).status()).isEqualTo(Verdict.Status.INCONCLUSIVE);
    }

    @Test
    void onlyTheFirstLossesAreKeptAndAllAreCounted() {
        RunBuilder run = run();
        LongStream.range(0, 100)
                .forEach(arrival -> run.write(arrival, 41_099.0 - (double) arrival, Outcome.SUCCEEDED, 1));
        run.readBack(95_600, END, true);

        assertThat(account(run).lost()).isEqualTo(100);
        assertThat(account(run).losses())
                .extracting(Loss::arrival)
                .startsWith(99L, 98L)
                .hasSize(20)
                .endsWith(80L);
    }

    @Test
    void aLossIsToldBeforeAnyWait() {
        RunBuilder run = run().migrated(RunBuilder.statement("alter table orders add column x int", 41_000, 10))
                .write(0, 41_000, Outcome.SUCCEEDED, 1)
                .readBack(95_600, END, true);

        assertThat(run.judged().story().sentences().getFirst())
                .startsWith("1 of 1 write that the server had acknowledged is not there any more");
    }

    @Test
    void withoutALedgerThereIsNoAccount() {
        assertThat(new RunBuilder().judged().ledger()).isEmpty();
    }
}
