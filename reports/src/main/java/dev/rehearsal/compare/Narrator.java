package dev.rehearsal.compare;

import dev.rehearsal.compare.Comparison.Difference;
import dev.rehearsal.compare.Comparison.Event;
import dev.rehearsal.compare.Comparison.Felt;
import dev.rehearsal.compare.Comparison.Measured;
import dev.rehearsal.compare.Comparison.Operation;
import dev.rehearsal.compare.Comparison.Percentile;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Quantities;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** What a comparison comes to, in sentences. */
final class Narrator {
    private final Comparison comparison;

    Narrator(Comparison comparison) {
        this.comparison = comparison;
    }

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        if (!comparison.comparable()) {
            sentences.add("No winner is called, because these runs were not made under the same conditions: "
                    + comparison.changes().stream()
                            .filter(Change::prevents)
                            .map(change -> change.what() + " "
                                    + change.values().stream().distinct().collect(Collectors.joining(" and ")))
                            .collect(Collectors.joining("; "))
                    + ".");
        } else if (!comparison.reservations().isEmpty()) {
            sentences.add("No winner is called, because not every run was good enough to judge.");
            sentences.addAll(comparison.reservations());
        } else {
            sentences.add(story());
        }
        verdicts().ifPresent(sentences::add);
        return sentences;
    }

    private Optional<String> verdicts() {
        return Optional.of(comparison.sides().stream()
                        .map(side ->
                                side.label() + " " + side.verdict().status().word())
                        .collect(Collectors.joining(", "))
                + ".");
    }

    private String story() {
        List<String> facts = new ArrayList<>();
        worstOperation().or(() -> event("slowest response")).ifPresent(facts::add);
        event(" held on ").ifPresent(facts::add);
        if (facts.isEmpty()) {
            return "No difference between these runs that chance does not explain.";
        }
        String winner = comparison.winner().isPresent()
                ? comparison.sides().get(comparison.winner().getAsInt()).label() + " is the better one: "
                : "They differ, and neither is better in all of it: ";
        return winner + String.join(", and ", facts) + ".";
    }

    /** Such as {@code response p99 of read-order during the migration was 44 ms in phased instead of 2.00 s in direct, 45 times shorter (20 to 90)}. */
    private Optional<String> worstOperation() {
        record Told(double distance, String words) {}
        List<Told> told = new ArrayList<>();
        for (Operation operation : comparison.operations()) {
            if (!operation.stage().equals(Stage.MIGRATION.word())) {
                continue;
            }
            for (int i = 1; i < comparison.sides().size(); i++) {
                Optional<Felt> first = operation.values().getFirst();
                Optional<Felt> other = operation.values().get(i);
                if (first.isPresent()
                        && other.isPresent()
                        && called(other.get().p99().difference())) {
                    Percentile percentile = other.get().p99();
                    told.add(new Told(
                            Math.abs(Math.log(percentile.ratio().orElse(1))),
                            "response p99 of " + operation.operation() + " during the migration was "
                                    + Quantities.duration(percentile.nanos()) + " in " + label(i) + " instead of "
                                    + Quantities.duration(first.get().p99().nanos()) + " in " + label(0) + ", "
                                    + times(percentile)));
                }
            }
        }
        return told.stream().max(Comparator.comparingDouble(Told::distance)).map(Told::words);
    }

    /** Of the events of that kind that differ, the longest. */
    private Optional<String> event(String kind) {
        record Told(long nanos, String words) {}
        List<Told> told = new ArrayList<>();
        for (Event event : comparison.events()) {
            for (int i = 1; i < comparison.sides().size() && event.what().contains(kind); i++) {
                Optional<Measured> first = event.values().getFirst();
                Optional<Measured> other = event.values().get(i);
                if (other.isPresent() && called(other.get().difference())) {
                    long nanos = Math.max(
                            first.map(Measured::nanos).orElse(0L), other.get().nanos());
                    told.add(new Told(
                            nanos, sentence(event.what()) + " " + shown(other) + " instead of " + shown(first)));
                }
            }
        }
        return told.stream().max(Comparator.comparingLong(Told::nanos)).map(Told::words);
    }

    private static String sentence(String what) {
        return what.contains(" held on ")
                ? what.replace(" held on ", " was held on ") + " for"
                : "the " + what + " was";
    }

    private String label(int side) {
        return comparison.sides().get(side).label();
    }

    private static String shown(Optional<Measured> measured) {
        return measured.map(m -> Quantities.duration(m.nanos())
                        + (m.errorNanos() > 0 ? " ± " + Quantities.duration(m.errorNanos()) : ""))
                .orElse("no time");
    }

    private static boolean called(Difference difference) {
        return difference == Difference.BETTER || difference == Difference.WORSE;
    }

    /** Such as {@code 45 times longer (20 to 90)}. */
    private static String times(Percentile percentile) {
        double ratio = percentile.ratio().orElse(1);
        boolean longer = ratio >= 1;
        String interval = percentile
                .ratioInterval()
                .map(i -> longer
                        ? " (" + Ratios.shown(i.low()) + " to " + Ratios.shown(i.high()) + ")"
                        : " (" + Ratios.shown(1 / i.high()) + " to " + Ratios.shown(1 / i.low()) + ")")
                .orElse("");
        return Ratios.shown(longer ? ratio : 1 / ratio) + " times " + (longer ? "longer" : "shorter") + interval;
    }
}
