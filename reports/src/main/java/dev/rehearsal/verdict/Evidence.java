package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Stage;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What findings are made of: the run, and what was computed from it once. */
record Evidence(RunRecord run, List<StageStatistics> stages, Attribution attribution) {
    Evidence {
        stages = List.copyOf(stages);
    }

    static Evidence of(RunRecord run) {
        return new Evidence(run, StageStatistics.of(run), Attribution.of(run));
    }

    Optional<StageStatistics> stage(Stage stage) {
        return stages.stream().filter(s -> s.stage() == stage).reduce((first, second) -> second);
    }

    /**
     * The statement that kept such requests waiting longest, all waits together; empty if none did, and of stages in which no migration is.
     *
     * @param service empty: of all; likewise {@code operation}
     */
    Optional<SourceLocation> culprit(Stage during, Optional<String> service, Optional<String> operation) {
        Optional<Phase> phase = switch (during) {
            case MIGRATION -> Optional.of(Phase.MIGRATION);
            case ROLLBACK -> Optional.of(Phase.ROLLBACK);
            case WARMUP, BASELINE, SETTLE, RECOVERY -> Optional.empty();
        };
        return attribution.impacts().stream()
                .filter(impact -> phase.filter(impact.step().phase()::equals).isPresent())
                .filter(impact -> waitedNanos(impact, service, operation) > 0)
                .max(Comparator.comparingLong(impact -> waitedNanos(impact, service, operation)))
                .map(impact -> impact.statement().last().location());
    }

    private static long waitedNanos(StatementImpact impact, Optional<String> service, Optional<String> operation) {
        return Stream.concat(impact.victims().stream(), impact.poolVictims().stream())
                .filter(victims -> service.map(victims.service()::equals).orElse(true))
                .filter(victims -> operation.map(victims.operation()::equals).orElse(true))
                .mapToLong(Victims::totalWaitNanos)
                .sum();
    }
}
