package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.LockMode;
import dev.rehearsal.verdict.Quantities;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Under which conditions a run was made, on one line: what stands before the numbers.
 *
 * <pre>
 * orders-add-token · PostgreSQL 18.6, local · 1,000,000 orders · 300/s Poisson, seed 42
 * </pre>
 */
final class Conditions {
    private Conditions() {}

    static String line(RunRecord run) {
        List<String> parts = new ArrayList<>();
        parts.add(run.started().scenario());
        run.environment().ifPresent(e -> parts.add(engine(e.engine()) + " " + e.version() + ", " + e.runtime()));
        table(run).ifPresent(parts::add);
        double lowest = run.started().lowestRate();
        double highest = run.started().highestRate();
        String arrivals = run.started().arrivals().toLowerCase(Locale.ROOT);
        parts.add((lowest < highest ? number(lowest) + "/s to " : "") + number(highest) + "/s "
                + (arrivals.equals("poisson") ? "Poisson" : arrivals) + ", seed "
                + run.started().seed());
        return String.join(" · ", parts);
    }

    private static String engine(String word) {
        return word.equals("postgresql") ? "PostgreSQL" : word;
    }

    /** Of the tables whose writes the migration stopped, the largest; else of those that it locked; else of all. */
    private static Optional<String> table(RunRecord run) {
        Map<String, Long> rows = run.dataset().map(d -> d.rows()).orElse(Map.of());
        List<LockHeld> locks = run.steps().stream()
                .flatMap(step -> step.statements().stream())
                .flatMap(statement -> statement.locks().stream())
                .filter(lock -> !lock.ownRelation())
                .toList();
        List<LockHeld> strong = locks.stream()
                .filter(lock ->
                        LockMode.of(lock.mode()).filter(LockMode::stopsWrites).isPresent())
                .toList();
        return largest(rows, relations(strong))
                .or(() -> largest(rows, relations(locks)))
                .or(() -> largest(rows, List.copyOf(rows.keySet())));
    }

    private static List<String> relations(List<LockHeld> locks) {
        return locks.stream().map(LockHeld::relation).toList();
    }

    private static Optional<String> largest(Map<String, Long> rows, List<String> among) {
        return rows.entrySet().stream()
                .filter(e -> among.contains(e.getKey()))
                .max(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .map(e -> Quantities.count(e.getValue()) + " " + e.getKey());
    }

    private static String number(double value) {
        return value == Math.rint(value) ? Quantities.count((long) value) : String.format(Locale.ROOT, "%.1f", value);
    }
}
