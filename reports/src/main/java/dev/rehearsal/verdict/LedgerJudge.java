package dev.rehearsal.verdict;

import dev.rehearsal.scenario.Objective;
import dev.rehearsal.verdict.LedgerAccount.Loss;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.Optional;
import java.util.OptionalDouble;

/** Whether what was acknowledged is there. A loss that was found is one, however incomplete the search was; that nothing is lost needs all of it. */
final class LedgerJudge {
    static final String OBJECTIVE = "lostWrites";

    private final Optional<LedgerAccount> account;

    LedgerJudge(Evidence evidence) {
        this.account = LedgerAudit.of(evidence.run());
    }

    /** Empty if no operation leaves entries in the ledger. */
    Optional<LedgerAccount> account() {
        return account;
    }

    Finding judge(Objective.LostWrites objective) {
        if (account.isEmpty()) {
            return finding(
                    objective,
                    Status.INCONCLUSIVE,
                    OptionalDouble.empty(),
                    "",
                    "No operation of this run left entries in a ledger.");
        }
        LedgerAccount found = account.get();
        OptionalDouble observed = OptionalDouble.of((double) found.lost());
        if (found.lost() > objective.max()) {
            return finding(objective, Status.FAILED, observed, Quantities.count(found.lost()), lost(found));
        }
        if (!found.verified()) {
            return finding(
                    objective,
                    Status.INCONCLUSIVE,
                    OptionalDouble.empty(),
                    "not known",
                    found.doubt().orElseThrow());
        }
        if (found.acknowledged() == 0) {
            return finding(
                    objective,
                    Status.INCONCLUSIVE,
                    OptionalDouble.empty(),
                    "nothing to lose",
                    "No write was acknowledged in this run; lengthen the stages or raise the rate.");
        }
        return finding(
                objective,
                Status.PASSED,
                observed,
                found.lost() == 0 ? "none" : Quantities.count(found.lost()),
                found.sentence());
    }

    private static String lost(LedgerAccount found) {
        Loss first = found.losses().getFirst();
        return Quantities.count(found.lost()) + " of " + Wording.count(found.acknowledged(), "write", "writes")
                + " that the server had acknowledged " + (found.lost() == 1 ? "is" : "are")
                + " not there any more, the first of them " + first.operation() + ", acknowledged "
                + Quantities.duration(first.acknowledgedNanos())
                + " after the run's begin; missed when the ledger was read "
                + first.occasion() + ".";
    }

    private static Finding finding(
            Objective.LostWrites objective, Status status, OptionalDouble observed, String shown, String message) {
        return new Finding(
                OBJECTIVE,
                status,
                "acknowledged writes lost",
                observed,
                OptionalDouble.of((double) objective.max()),
                "writes",
                shown,
                objective.max() == 0 ? "none" : Quantities.count(objective.max()),
                message,
                objective.location());
    }
}
