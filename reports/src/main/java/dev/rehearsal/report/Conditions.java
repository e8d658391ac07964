package dev.rehearsal.report;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.ServicePlan;
import dev.rehearsal.run.RunRecord;
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
        double rate = run.started().services().stream()
                .mapToDouble(ServicePlan::arrivalsPerSecond)
                .sum();
        String arrivals = run.started().arrivals().toLowerCase(Locale.ROOT);
        parts.add(number(rate) + "/s " + (arrivals.equals("poisson") ? "Poisson" : arrivals) + ", seed "
                + run.started().seed());
        return String.join(" · ", parts);
    }

    private static String engine(String word) {
        return word.equals("postgresql") ? "PostgreSQL" : word;
    }

    /** Of the tables that the migration locked, the largest; else the largest of all. */
    private static Optional<String> table(RunRecord run) {
        Map<String, Long> rows = run.dataset().map(d -> d.rows()).orElse(Map.of());
        List<String> locked = run.steps().stream()
                .flatMap(step -> step.statements().stream())
                .flatMap(statement -> statement.locks().stream())
                .filter(lock -> !lock.ownRelation())
                .map(LockHeld::relation)
                .toList();
        return largest(rows, locked).or(() -> largest(rows, List.copyOf(rows.keySet())));
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
