package dev.rehearsal.verdict;

import java.util.List;
import java.util.Optional;

/**
 * How the way back went.
 *
 * @param durationNanos first step's start to last step's end; 0 if it was not run
 * @param schemaRestored empty if it was not compared
 * @param differences of the schema, one line each
 */
public record RollbackResult(
        Status status, long durationNanos, Optional<Boolean> schemaRestored, List<String> differences) {
    public RollbackResult {
        differences = List.copyOf(differences);
    }

    public enum Status {
        SUCCEEDED("succeeded"),
        FAILED("failed"),
        /** There are no steps for it, or the run did not come that far. */
        NOT_RUN("notRun");

        private final String word;

        Status(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }
}
