package dev.rehearsal.verdict;

import dev.rehearsal.run.DrillRun;
import dev.rehearsal.run.RunEvent.DrillObserved;
import dev.rehearsal.run.RunEvent.OperationTried;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Sight;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Workload.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which versions of the application work between which steps. Those that the objective lists (without one, the old application) have to work everywhere,
 * over fresh sessions and over such as lived through the step. Any other has to work when the migration is complete: it is deployed then.
 */
final class CompatibilityJudge {
    private static final int PLACES = 3;

    private final DrillRun drill;
    private final List<String> everywhere;

    CompatibilityJudge(DrillRun drill, Optional<Objective.OfDrill> objective) {
        this.drill = drill;
        this.everywhere = objective
                .filter(Objective.Compatible.class::isInstance)
                .map(found -> ((Objective.Compatible) found).versions())
                .orElse(List.of(Service.OLD));
    }

    /** One an operation that does not work where it has to, or one for all. */
    List<DrillObserved> seen() {
        if (drill.operations().isEmpty()) {
            return List.of();
        }
        int complete = drill.operations().stream()
                .filter(tried -> tried.phase() == Phase.MIGRATION)
                .mapToInt(OperationTried::boundary)
                .max()
                .orElse(0);
        Map<String, List<OperationTried>> broken = new LinkedHashMap<>();
        for (OperationTried tried : drill.operations()) {
            boolean hasTo = everywhere.contains(tried.version()) || tried.boundary() == complete;
            if (hasTo && tried.failure().isPresent()) {
                broken.computeIfAbsent(subject(tried), subject -> new ArrayList<>())
                        .add(tried);
            }
        }
        if (broken.isEmpty()) {
            return List.of(seen(
                    "operations",
                    Sight.HELD,
                    "Of the " + Wording.list(everywhere)
                            + " application every operation works before, between and after all steps."));
        }
        return broken.entrySet().stream()
                .map(entry -> seen(entry.getKey(), Sight.BROKEN, sentence(entry.getKey(), entry.getValue())))
                .toList();
    }

    private DrillObserved seen(String subject, Sight sight, String message) {
        return new DrillObserved(drill.endNanos(), drill.name(), subject, sight, message, Optional.empty());
    }

    private static String subject(OperationTried tried) {
        return tried.operation() + " of " + tried.service() + ", " + tried.version();
    }

    private static String sentence(String subject, List<OperationTried> broken) {
        List<String> places =
                broken.stream().map(CompatibilityJudge::place).distinct().toList();
        int more = places.size() - PLACES;
        OperationTried first = broken.getFirst();
        return "The operation " + subject + ", does not work "
                + Wording.list(places.stream().limit(PLACES).toList())
                + (more > 0 ? ", and " + more + " times more" : "") + ": "
                + Wording.statement(first.failure().orElse(""))
                + first.sqlState().map(state -> " (SQLState " + state + ")").orElse("") + ".";
    }

    /** Such as {@code after step add column over a session that lived through it}. */
    static String place(OperationTried tried) {
        return tried.after()
                        .map(step -> "after " + Step.called(step)
                                + (tried.phase() == Phase.ROLLBACK ? " of the rollback" : ""))
                        .orElse("before the first step")
                + (tried.kept() ? " over a session that lived through it" : "");
    }
}
