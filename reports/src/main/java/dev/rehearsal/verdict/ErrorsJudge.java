package dev.rehearsal.verdict;

import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/** Failures and timeouts, as a share of the arrivals. */
final class ErrorsJudge {
    private static final String OBJECTIVE = "errors";
    private static final String UNIT = "fraction";

    private final Evidence evidence;

    ErrorsJudge(Evidence evidence) {
        this.evidence = evidence;
    }

    Finding judge(Objective.Errors objective) {
        String of = objective.service().isEmpty() && objective.operation().isEmpty()
                ? ""
                : " of " + Wording.operations(objective.service(), objective.operation());
        String subject = "failed requests" + of + " " + Wording.during(objective.during());
        Optional<OperationStatistics> observed = evidence.stage(objective.during())
                .map(s -> s.of(objective.service(), objective.operation()))
                .filter(statistics -> statistics.arrivals() > 0);
        if (observed.isEmpty()) {
            return finding(
                    objective,
                    Status.INCONCLUSIVE,
                    subject,
                    OptionalDouble.empty(),
                    evidence.stage(objective.during()).isEmpty()
                            ? "The run did not come that far."
                            : "There was no such request; lengthen the stage or raise the rate.");
        }
        OperationStatistics statistics = observed.get();
        long bad = statistics.failed() + statistics.timedOut();
        boolean within = statistics.failedFraction() <= objective.maxFraction();
        String message = share(bad, statistics, of, objective.during()) + "; the limit is "
                + Quantities.percent(objective.maxFraction()) + "." + reasons(statistics);
        return finding(
                        objective,
                        within ? Status.PASSED : Status.FAILED,
                        subject,
                        OptionalDouble.of(statistics.failedFraction()),
                        message)
                .causedBy(
                        within
                                ? Optional.empty()
                                : evidence.culprit(objective.during(), objective.service(), objective.operation()));
    }

    private static String share(long bad, OperationStatistics statistics, String of, Stage during) {
        String requests = Wording.count(statistics.arrivals(), "request", "requests") + of;
        return bad == 0
                ? "None of " + requests + " failed or timed out " + Wording.during(during)
                : Quantities.count(bad) + " of " + requests + " failed or timed out " + Wording.during(during) + ", "
                        + Quantities.percent(statistics.failedFraction());
    }

    private static String reasons(OperationStatistics statistics) {
        if (statistics.errors().isEmpty()) {
            return "";
        }
        return " By SQLState: "
                + statistics.errors().entrySet().stream()
                        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
                        .limit(5)
                        .map(e -> e.getKey() + " × " + Quantities.count(e.getValue()))
                        .collect(Collectors.joining(", "))
                + ".";
    }

    private static Finding finding(
            Objective.Errors objective, Status status, String subject, OptionalDouble observed, String message) {
        return new Finding(
                OBJECTIVE,
                status,
                subject,
                observed,
                OptionalDouble.of(objective.maxFraction()),
                UNIT,
                observed.isPresent() ? Quantities.percent(observed.getAsDouble()) : "",
                Quantities.percent(objective.maxFraction()),
                message,
                objective.location());
    }
}
