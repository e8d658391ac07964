package dev.rehearsal.verdict;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import java.util.List;
import java.util.Optional;

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
}
