package dev.rehearsal.compare;

import dev.rehearsal.compare.Comparison.Difference;
import dev.rehearsal.compare.Comparison.Event;
import dev.rehearsal.compare.Comparison.Felt;
import dev.rehearsal.compare.Comparison.Judged;
import dev.rehearsal.compare.Comparison.Measured;
import dev.rehearsal.compare.Comparison.Objective;
import dev.rehearsal.compare.Comparison.Operation;
import dev.rehearsal.compare.Comparison.Percentile;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.BlockBootstrap;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Finding.Interval;
import dev.rehearsal.verdict.OperationStatistics;
import dev.rehearsal.verdict.RollbackResult;
import dev.rehearsal.verdict.StageStatistics;
import dev.rehearsal.verdict.Timings;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.apache.commons.statistics.inference.FisherExactTest;

/** Puts runs side by side. The rules are those of the {@code package-info}. */
final class Comparing {
    /** What happens once in a run varies from run to run by as much as nobody knows: less than this is not called a difference. */
    static final double EVENT_FACTOR = 2;

    /** One request among thousands varies more than a duration: by so much more than over its own baseline it has to grow in one run than in the other. */
    static final double SLOWEST_FACTOR = 4;

    /** Of response times, beside what the baselines differ by: less is nobody's concern, and no baseline of half a minute rules it out. */
    static final double LEAST_FACTOR = 1.25;

    /** And less than this is nobody's concern. */
    static final long EVENT_NANOS = 100_000_000;

    private static final List<Stage> STAGES =
            List.of(Stage.BASELINE, Stage.MIGRATION, Stage.SETTLE, Stage.ROLLBACK, Stage.RECOVERY);

    private record Name(String service, String operation) {}

    private record Key(int side, Name name) {}

    private final List<Side> sides;
    private final Map<Key, Chance> chances = new HashMap<>();

    Comparing(List<Side> sides) {
        if (sides.size() < 2) {
            throw new IllegalArgumentException("a comparison needs two runs, got " + sides.size());
        }
        this.sides = List.copyOf(sides);
    }

    Comparison compare() {
        List<Change> changes = Changes.between(sides);
        List<String> reservations = reservations();
        List<Operation> operations = operations();
        List<Event> events = events();
        boolean comparable = changes.stream().noneMatch(Change::prevents);
        OptionalInt winner = comparable && reservations.isEmpty() ? winner(operations, events) : OptionalInt.empty();
        Comparison untold =
                new Comparison(List.of(), sides, changes, reservations, winner, operations, objectives(), events);
        return new Comparison(
                new Narrator(untold).sentences(),
                sides,
                changes,
                reservations,
                winner,
                operations,
                untold.objectives(),
                events);
    }

    private List<String> reservations() {
        List<String> reservations = new ArrayList<>();
        for (Side side : sides) {
            Verdict verdict = side.verdict();
            if (!verdict.validity().valid()) {
                reservations.add(side.label() + " was not good enough to judge: "
                        + String.join(" ", verdict.validity().reasons()));
            }
        }
        return reservations;
    }

    // ---- operations ------------------------------------------------------------------------------------------------

    private List<Operation> operations() {
        Set<Name> names = new LinkedHashSet<>();
        sides.forEach(side ->
                side.run().requests().operations().forEach(key -> names.add(new Name(key.service(), key.operation()))));
        double confidence = 1
                - (1 - BlockBootstrap.CONFIDENCE)
                        / Math.max(1, names.size() * (STAGES.size() - 1) * 2 * (sides.size() - 1));
        List<Operation> operations = new ArrayList<>();
        for (Stage stage : STAGES) {
            for (Name name : names) {
                List<Optional<Felt>> values = new ArrayList<>();
                for (int side = 0; side < sides.size(); side++) {
                    values.add(felt(side, stage, name, confidence));
                }
                if (values.stream().anyMatch(Optional::isPresent)) {
                    operations.add(new Operation(stage.word(), name.service(), name.operation(), values));
                }
            }
        }
        return operations;
    }

    private Optional<OperationStatistics> statistics(int side, Stage stage, Name name) {
        return sides.get(side).verdict().stages().stream()
                .filter(statistics -> statistics.stage() == stage)
                .map(statistics -> statistics.of(Optional.of(name.service()), Optional.of(name.operation())))
                .filter(statistics -> statistics.arrivals() > 0)
                .reduce((first, second) -> second);
    }

    private Optional<Felt> felt(int side, Stage stage, Name name, double confidence) {
        return statistics(side, stage, name)
                .map(statistics -> new Felt(
                        statistics.arrivals(),
                        percentile(side, stage, name, statistics, 50, confidence),
                        percentile(side, stage, name, statistics, 99, confidence),
                        statistics.response().maxNanos(),
                        statistics.failed() + statistics.timedOut(),
                        failures(side, stage, name, confidence)));
    }

    private Chance chance(int side, Name name) {
        return chances.computeIfAbsent(
                new Key(side, name), key -> new Chance(sides.get(side).run(), name.service(), name.operation()));
    }

    private Percentile percentile(
            int side, Stage stage, Name name, OperationStatistics statistics, double percentile, double confidence) {
        long nanos = statistics.response().percentileNanos(percentile);
        boolean enough = statistics.arrivals() >= Timings.requestsNeeded(percentile);
        Optional<Interval> interval = enough ? chance(side, name).interval(stage, percentile, nanos) : Optional.empty();
        if (side == 0) {
            return new Percentile(nanos, interval, OptionalDouble.empty(), Optional.empty(), Difference.REFERENCE);
        }
        Optional<OperationStatistics> first = statistics(0, stage, name);
        if (first.isEmpty()) {
            return new Percentile(nanos, interval, OptionalDouble.empty(), Optional.empty(), Difference.UNKNOWN);
        }
        OptionalDouble ratio = Chance.ratio(nanos, first.get().response().percentileNanos(percentile));
        boolean firstEnough = first.get().arrivals() >= Timings.requestsNeeded(percentile);
        Optional<Interval> interval99 =
                enough && firstEnough ? ratio(side, stage, name, percentile, confidence) : Optional.empty();
        Optional<Interval> control = ratio(side, Stage.BASELINE, name, percentile, confidence);
        boolean matters = factor(ratio) >= LEAST_FACTOR * factor(baselines(side, name, percentile));
        Difference difference = difference(stage, interval99, control);
        return new Percentile(
                nanos,
                interval,
                ratio,
                interval99,
                matters || difference == Difference.UNKNOWN ? difference : Difference.NONE);
    }

    private OptionalDouble baselines(int side, Name name, double percentile) {
        Optional<OperationStatistics> mine = statistics(side, Stage.BASELINE, name);
        Optional<OperationStatistics> first = statistics(0, Stage.BASELINE, name);
        return mine.isEmpty() || first.isEmpty()
                ? OptionalDouble.empty()
                : Chance.ratio(
                        mine.get().response().percentileNanos(percentile),
                        first.get().response().percentileNanos(percentile));
    }

    /** How many times the one is the other, whichever is larger; 1 where nothing is known. */
    private static double factor(OptionalDouble ratio) {
        double value = ratio.orElse(1);
        return Math.max(value, 1 / value);
    }

    private Optional<Interval> ratio(int side, Stage stage, Name name, double percentile, double confidence) {
        Optional<OperationStatistics> mine = statistics(side, stage, name);
        Optional<OperationStatistics> first = statistics(0, stage, name);
        if (mine.isEmpty() || first.isEmpty()) {
            return Optional.empty();
        }
        return chance(side, name)
                .ratio(
                        chance(0, name),
                        stage,
                        percentile,
                        mine.get().response().percentileNanos(percentile),
                        first.get().response().percentileNanos(percentile),
                        confidence);
    }

    /** Of the baselines themselves nothing is called: they are the control. */
    private static Difference difference(Stage stage, Optional<Interval> ratio, Optional<Interval> control) {
        if (stage == Stage.BASELINE) {
            return Difference.NONE;
        }
        if (ratio.isEmpty() || control.isEmpty()) {
            return Difference.UNKNOWN;
        }
        if (ratio.get().low() > Math.max(1, control.get().high())) {
            return Difference.WORSE;
        }
        return ratio.get().high() < Math.min(1, control.get().low()) ? Difference.BETTER : Difference.NONE;
    }

    /** Requests of one second fail together, so that it is seconds that are counted: Fisher's exact test of those with failures. */
    private Difference failures(int side, Stage stage, Name name, double confidence) {
        if (side == 0) {
            return Difference.REFERENCE;
        }
        if (stage == Stage.BASELINE) {
            return Difference.NONE;
        }
        long[] mine = chance(side, name).secondsWithFailures(stage);
        long[] first = chance(0, name).secondsWithFailures(stage);
        if (mine[0] + first[0] == 0) {
            return Difference.NONE;
        }
        if (mine[0] + mine[1] == 0 || first[0] + first[1] == 0) {
            return Difference.UNKNOWN;
        }
        double p = FisherExactTest.withDefaults()
                .test(new int[][] {{(int) mine[0], (int) mine[1]}, {(int) first[0], (int) first[1]}})
                .getPValue();
        if (p > 1 - confidence) {
            return Difference.NONE;
        }
        return (double) mine[0] / (mine[0] + mine[1]) > (double) first[0] / (first[0] + first[1])
                ? Difference.WORSE
                : Difference.BETTER;
    }

    // ---- objectives and events -------------------------------------------------------------------------------------

    private List<Objective> objectives() {
        Set<String> subjects = new LinkedHashSet<>();
        sides.forEach(side -> side.verdict().findings().forEach(finding -> subjects.add(subject(finding))));
        List<Objective> objectives = new ArrayList<>();
        for (String subject : subjects) {
            objectives.add(new Objective(
                    subject,
                    sides.stream()
                            .map(side -> side.verdict().findings().stream()
                                    .filter(finding -> subject(finding).equals(subject))
                                    .findFirst()
                                    .map(finding -> new Judged(
                                            finding.status().word(), finding.shownObserved(), finding.shownLimit())))
                            .toList()));
        }
        return objectives;
    }

    /** The same for a lock that was held and for one that nobody held. */
    private static String subject(Finding finding) {
        return finding.objective().equals("lockHold")
                ? finding.subject().replaceAll(" held( on .*)?$", " held")
                : finding.subject();
    }

    private List<Event> events() {
        List<Event> events = new ArrayList<>();
        Set<String> locks = new TreeSet<>();
        List<Map<String, LockHeld>> held =
                sides.stream().map(side -> Holds.longestByLock(side.run())).toList();
        held.forEach(map -> locks.addAll(map.keySet()));
        for (String lock : locks) {
            events.add(event(
                    lock,
                    held.stream()
                            .map(map -> Optional.ofNullable(map.get(lock))
                                    .map(hold ->
                                            new Measured(hold.heldNanos(), hold.errorNanos(), Difference.REFERENCE)))
                            .toList()));
        }
        events.add(event(
                "duration of the migration",
                sides.stream()
                        .map(side -> Holds.migrationNanos(side.run()).map(Comparing::exact))
                        .toList()));
        events.add(event(
                "longest lock wait behind the migration",
                sides.stream()
                        .map(side -> Optional.of(exact(side.verdict().impacts().stream()
                                .mapToLong(impact -> impact.maxWaitNanos())
                                .max()
                                .orElse(0))))
                        .toList()));
        events.add(slowestResponse());
        events.add(event(
                "duration of the rollback",
                sides.stream()
                        .map(side -> Optional.of(side.verdict().rollback())
                                .filter(rollback -> rollback.status() == RollbackResult.Status.SUCCEEDED)
                                .map(rollback -> exact(rollback.durationNanos())))
                        .toList()));
        return events.stream()
                .filter(event -> event.values().stream().anyMatch(Optional::isPresent))
                .toList();
    }

    /** A machine that is slower makes every response slower: what the baselines differ by, and what a run's own baseline has, is not the migration's doing. */
    private Event slowestResponse() {
        List<Optional<Measured>> before = slowest(Stage.BASELINE);
        Event found = event("slowest response during the migration", slowest(Stage.MIGRATION));
        List<Optional<Measured>> judged = new ArrayList<>();
        for (int i = 0; i < sides.size(); i++) {
            Optional<Measured> baseline = before.get(i);
            judged.add(found.values().get(i).map(value -> {
                boolean stands = value.difference() == Difference.REFERENCE
                        || found.values().getFirst().isEmpty()
                        || baseline.isEmpty()
                        || before.getFirst().isEmpty()
                        || beyondTheirBaselines(
                                value,
                                baseline.get(),
                                found.values().getFirst().get(),
                                before.getFirst().get());
                return stands ? value : new Measured(value.nanos(), value.errorNanos(), Difference.NONE);
            }));
        }
        return new Event(found.what(), judged);
    }

    private static boolean beyondTheirBaselines(
            Measured value, Measured baseline, Measured first, Measured firstBaseline) {
        double grown = value.nanos() / (double) Math.max(1, baseline.nanos());
        double firstGrown = first.nanos() / (double) Math.max(1, firstBaseline.nanos());
        return Math.max(grown, firstGrown) >= SLOWEST_FACTOR * Math.max(1, Math.min(grown, firstGrown));
    }

    private List<Optional<Measured>> slowest(Stage of) {
        return sides.stream()
                .map(side -> side.verdict().stages().stream()
                        .filter(stage -> stage.stage() == of)
                        .map(StageStatistics::overall)
                        .filter(all -> all.arrivals() > 0)
                        .map(all -> exact(all.response().maxNanos()))
                        .findFirst())
                .toList();
    }

    private static Measured exact(long nanos) {
        return new Measured(nanos, 0, Difference.REFERENCE);
    }

    /** Its values judged beside the first; what did not happen took no time. */
    private static Event event(String what, List<Optional<Measured>> values) {
        List<Optional<Measured>> judged = new ArrayList<>();
        Measured first = values.getFirst().orElse(exact(0));
        for (int i = 0; i < values.size(); i++) {
            int side = i;
            judged.add(values.get(i)
                    .map(value -> new Measured(
                            value.nanos(),
                            value.errorNanos(),
                            side == 0 ? Difference.REFERENCE : difference(value, first))));
        }
        return new Event(what, judged);
    }

    private static Difference difference(Measured value, Measured first) {
        long smaller = Math.min(value.nanos() + value.errorNanos(), first.nanos() + first.errorNanos());
        long larger = Math.max(value.nanos() - value.errorNanos(), first.nanos() - first.errorNanos());
        if (larger < EVENT_FACTOR * smaller || larger - smaller < EVENT_NANOS) {
            return Difference.NONE;
        }
        return value.nanos() > first.nanos() ? Difference.WORSE : Difference.BETTER;
    }

    // ---- winner ----------------------------------------------------------------------------------------------------

    /**
     * The run that users would rather have: no failed objective where another has one, or none worse in what they felt. A run whose own duration is longer may win: nobody
     * waits for a migration.
     */
    private OptionalInt winner(List<Operation> operations, List<Event> events) {
        List<Integer> passed = new ArrayList<>();
        boolean failed = false;
        for (int i = 0; i < sides.size(); i++) {
            switch (sides.get(i).verdict().status()) {
                case PASSED -> passed.add(i);
                case FAILED -> failed = true;
                case INCONCLUSIVE -> {}
            }
        }
        Set<Integer> better = new TreeSet<>();
        Set<Integer> worse = new TreeSet<>();
        for (Operation operation : operations) {
            if (!operation.stage().equals(Stage.MIGRATION.word())) {
                continue;
            }
            for (int i = 1; i < sides.size(); i++) {
                int side = i;
                operation.values().get(i).ifPresent(felt -> {
                    for (Difference difference : List.of(felt.p99().difference(), felt.failures())) {
                        if (difference == Difference.BETTER) {
                            better.add(side);
                        } else if (difference == Difference.WORSE) {
                            worse.add(side);
                        }
                    }
                });
            }
        }
        for (Event event : events) {
            if (event.what().contains(" held on ") || event.what().startsWith("longest lock wait")) {
                for (int i = 1; i < sides.size(); i++) {
                    int side = i;
                    event.values().get(i).ifPresent(measured -> {
                        if (measured.difference() == Difference.BETTER) {
                            better.add(side);
                        } else if (measured.difference() == Difference.WORSE) {
                            worse.add(side);
                        }
                    });
                }
            }
        }
        if (better.isEmpty() && worse.isEmpty()) {
            return OptionalInt.empty();
        }
        if (failed && passed.size() == 1) {
            return OptionalInt.of(passed.getFirst());
        }
        Set<Integer> candidates = new TreeSet<>(better);
        candidates.removeAll(worse);
        if (candidates.size() == 1) {
            return OptionalInt.of(candidates.iterator().next());
        }
        return candidates.isEmpty() && worse.size() == sides.size() - 1 && better.isEmpty()
                ? OptionalInt.of(0)
                : OptionalInt.empty();
    }
}
