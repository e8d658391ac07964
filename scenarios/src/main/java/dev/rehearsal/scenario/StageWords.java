package dev.rehearsal.scenario;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the name of a stage.
 *
 * @param hasRollback whether the last two stages take place
 */
record StageWords(boolean hasRollback) {
    Optional<Stage> read(Value value) {
        Map<String, Stage> words = new LinkedHashMap<>();
        for (Stage stage : Stage.values()) {
            words.put(stage.word(), stage);
        }
        Optional<Stage> stage = value.word(words, List.of());
        if (stage.isPresent() && stage.get().compareTo(Stage.ROLLBACK) >= 0 && !hasRollback) {
            value.problem(
                    "there is no " + stage.get().word() + " without rollback steps; add migration.rollback.steps");
            return Optional.empty();
        }
        return stage;
    }
}
