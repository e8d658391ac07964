package dev.rehearsal.cli;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Looks for the largest batch with which the objectives hold: four times as many rows from one rehearsal to the next until they do not, or a quarter until
 * they do, then twice in between (in logarithms). A size that could not be judged counts as one that does not hold.
 */
final class BatchSearch {
    private static final int FACTOR = 4;
    private static final int LEAST = 100;
    private static final int BISECTIONS = 2;

    /** Rehearses with so many rows in a batch. */
    interface Trial {
        Verdict.Status of(int rows)
                throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException;
    }

    record Tried(int rows, Verdict.Status status) {}

    private final Trial trial;
    private final List<Tried> tried = new ArrayList<>();

    BatchSearch(Trial trial) {
        this.trial = trial;
    }

    /**
     * Rehearses.
     *
     * @param first the size to begin with
     * @param most of the table: a larger batch is no different
     */
    void run(int first, int most)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        int rows = Math.min(first, most);
        if (passes(rows)) {
            while (rows < most) {
                rows = (int) Math.min((long) rows * FACTOR, most);
                if (!passes(rows)) {
                    break;
                }
            }
        } else {
            while (rows > LEAST) {
                rows = Math.max(rows / FACTOR, LEAST);
                if (passes(rows)) {
                    break;
                }
            }
        }
        for (int i = 0; i < BISECTIONS; i++) {
            OptionalInt low = largest();
            Optional<Tried> high = limit();
            if (low.isPresent() && high.isPresent()) {
                int between =
                        rounded(Math.sqrt((double) low.getAsInt() * high.get().rows()));
                if (between > low.getAsInt() && between < high.get().rows()) {
                    passes(between);
                }
            }
        }
    }

    /** The largest that holds, with none below it that does not; empty if there is none. */
    OptionalInt largest() {
        int end = limit().map(Tried::rows).orElse(Integer.MAX_VALUE);
        return tried.stream()
                .filter(each -> each.status() == Verdict.Status.PASSED && each.rows() < end)
                .mapToInt(Tried::rows)
                .max();
    }

    /** What became of the smallest that does not hold; empty if each of them held. */
    Optional<Tried> limit() {
        return tried.stream()
                .filter(each -> each.status() != Verdict.Status.PASSED)
                .min(Comparator.comparingInt(Tried::rows));
    }

    private boolean passes(int rows)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        Verdict.Status status = trial.of(rows);
        tried.add(new Tried(rows, status));
        return status == Verdict.Status.PASSED;
    }

    /** To two digits. */
    private static int rounded(double rows) {
        double unit = Math.pow(10, Math.floor(Math.log10(rows)) - 1);
        return (int) (Math.round(rows / unit) * unit);
    }
}
