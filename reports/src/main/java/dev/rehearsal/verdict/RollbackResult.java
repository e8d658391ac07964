package dev.rehearsal.verdict;

import java.util.List;
import java.util.Optional;

/**
 * How the way back went.
 *
 * @param durationNanos first step's start to last step's end; 0 if it was not run
 * @param schemaRestored empty if it was not compared
 * @param differences of the schema, one line each
 * @param failure which step failed and how, a sentence; empty if none did
 */
public record RollbackResult(
        Status status,
        long durationNanos,
        Optional<Boolean> schemaRestored,
        List<String> differences,
        Optional<String> failure) {
    private static final int DIFFERENCES_SHOWN = 3;

    public RollbackResult {
        differences = List.copyOf(differences);
    }

    /** The first of the differences, and how many more there are. */
    public String differencesShown() {
        if (differences.isEmpty()) {
            return "its fingerprint differs";
        }
        int more = differences.size() - DIFFERENCES_SHOWN;
        return String.join("; ", differences.stream().limit(DIFFERENCES_SHOWN).toList())
                + (more > 0 ? "; and " + more + " more" : "");
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
