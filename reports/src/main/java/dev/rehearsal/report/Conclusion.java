package dev.rehearsal.report;

import dev.rehearsal.compare.Change;
import dev.rehearsal.compare.Comparison;
import dev.rehearsal.compare.Comparison.Difference;
import dev.rehearsal.compare.Growth;
import dev.rehearsal.compare.Ratios;
import dev.rehearsal.compare.Side;
import dev.rehearsal.compare.Sweep;
import dev.rehearsal.compare.Trend;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a page about several runs means, as the report of one run says it: a sentence for who decides, and one for who has to act on it. Both are made of the runs.
 *
 * @param forManager what to do, or what to expect, in terms of users
 * @param forEngineer what it rests on, and where to look next
 */
public record Conclusion(String forManager, String forEngineer) {

    // ---- runs side by side -----------------------------------------------------------------------------------------

    static Conclusion of(Comparison comparison) {
        List<Side> sides = comparison.sides();
        String all = listed(sides.stream().map(Side::label).toList());
        List<Change> preventing =
                comparison.changes().stream().filter(Change::prevents).toList();
        if (!preventing.isEmpty()) {
            return new Conclusion(
                    "Decide nothing by this page: what differs between " + all
                            + " may come from the conditions and not from the migration.",
                    "Run them again with the same "
                            + listed(preventing.stream().map(Change::what).toList())
                            + "; until then the figures only describe each run alone.");
        }
        if (!comparison.reservations().isEmpty()) {
            return new Conclusion(
                    "Decide nothing by this page yet: not every run of " + all + " can be trusted.",
                    "Repeat what is named above ("
                            + counted(comparison.reservations().size(), "reservation")
                            + "), then compare again: the figures are not evidence for either way.");
        }
        List<Called> figures = figures(comparison);
        String evidence = evidence(figures, sides.getFirst().label());
        if (comparison.winner().isPresent()) {
            Side winner = sides.get(comparison.winner().getAsInt());
            boolean passed = winner.verdict().status() == Verdict.Status.PASSED;
            return new Conclusion(
                    (passed
                                    ? "Take " + winner.label() + ": "
                                    : "Prefer " + winner.label() + " but do not run it as it is, since it "
                                            + winner.verdict().status().word() + ": ")
                            + waits(comparison) + ".",
                    evidence);
        }
        boolean differ = figures.stream().anyMatch(figure -> figure.called(Difference.BETTER, Difference.WORSE));
        return new Conclusion(
                (differ
                                ? "Decide which of the differences matters more: none of " + all + " is better in all; "
                                : "Nothing here speaks for one of " + all + " rather than another: ")
                        + waits(comparison) + ".",
                evidence);
    }

    /** A figure of a run beside the same figure of the first. */
    private record Called(String what, Difference difference) {
        boolean called(Difference... among) {
            return Stream.of(among).anyMatch(other -> other == difference);
        }
    }

    private static List<Called> figures(Comparison comparison) {
        List<Called> figures = new ArrayList<>();
        for (int i = 1; i < comparison.sides().size(); i++) {
            int side = i;
            String of = comparison.sides().size() == 2
                    ? ""
                    : " in " + comparison.sides().get(i).label();
            for (Comparison.Operation operation : comparison.operations()) {
                String where = " of " + operation.operation() + ", " + operation.stage() + of;
                operation.values().get(side).ifPresent(felt -> {
                    figures.add(new Called("p50" + where, felt.p50().difference()));
                    figures.add(new Called("p99" + where, felt.p99().difference()));
                    figures.add(new Called("failures" + where, felt.failures()));
                });
            }
            for (Comparison.Event event : comparison.events()) {
                event.values()
                        .get(side)
                        .ifPresent(measured -> figures.add(new Called(event.what() + of, measured.difference())));
            }
        }
        return figures;
    }

    private static String evidence(List<Called> figures, String first) {
        List<String> found = new ArrayList<>();
        found.add(told(figures, Difference.BETTER, "better"));
        found.add(told(figures, Difference.WORSE, "worse"));
        long unknown = figures.stream()
                .filter(figure -> figure.called(Difference.UNKNOWN))
                .count();
        found.add(unknown == 0 ? "" : counted(unknown, "figure") + " had too few requests to tell");
        String words = found.stream().filter(Predicate.not(String::isEmpty)).collect(Collectors.joining("; "));
        return "Of " + counted(figures.size(), "figure") + " beside " + first + ", "
                + (words.isEmpty() ? "none differs by more than chance explains" : words) + ".";
    }

    private static String told(List<Called> figures, Difference difference, String word) {
        List<String> names = figures.stream()
                .filter(figure -> figure.called(difference))
                .map(Called::what)
                .toList();
        int shown = 3;
        return names.isEmpty()
                ? ""
                : names.size() + (names.size() == 1 ? " is " : " are ") + word + " ("
                        + String.join("; ", names.subList(0, Math.min(shown, names.size())))
                        + (names.size() > shown ? "; and " + (names.size() - shown) + " more" : "") + ")";
    }

    /** Such as {@code users waited at most 7.93 s in direct, 44 ms in phased}: while it migrated. */
    private static String waits(Comparison comparison) {
        List<String> waits = new ArrayList<>();
        for (int i = 0; i < comparison.sides().size(); i++) {
            int side = i;
            OptionalLong longest = comparison.operations().stream()
                    .filter(operation -> operation.stage().equals("migration"))
                    .flatMap(operation -> operation.values().get(side).stream())
                    .mapToLong(Comparison.Felt::maxNanos)
                    .max();
            longest.ifPresent(nanos -> waits.add(Quantities.duration(nanos) + " in "
                    + comparison.sides().get(side).label()));
        }
        return waits.isEmpty()
                ? "no request was made while they migrated"
                : "users waited at most " + String.join(", ", waits);
    }

    // ---- runs in the order of time ---------------------------------------------------------------------------------

    static Conclusion of(Trend trend) {
        Trend.Point latest = trend.points().getLast();
        long passed = trend.points().stream()
                .filter(point -> point.verdict().equals("passed"))
                .count();
        String state = "The latest of " + counted(trend.points().size(), "run") + " " + latest.verdict() + " (" + passed
                + " passed in all)";
        Optional<Trend.ChangePoint> last =
                trend.changePoints().stream().max(Comparator.comparingInt(Trend.ChangePoint::point));
        if (last.isPresent()) {
            Trend.ChangePoint change = last.get();
            boolean worse = change.after() > change.before();
            String from = RunIndex.time(trend.points().get(change.point()).at());
            return new Conclusion(
                    state + ", and since " + from + " it is " + (worse ? "worse" : "better") + " than before: "
                            + change.figure() + " is "
                            + Ratios.shown(worse ? change.after() / change.before() : change.before() / change.after())
                            + " times " + (worse ? "as long" : "as short") + ".",
                    "Look for what changed between "
                            + trend.points().get(change.point() - 1).run() + " and "
                            + trend.points().get(change.point()).run() + ": "
                            + counted(
                                    trend.changePoints().stream()
                                            .filter(other -> other.point() == change.point())
                                            .count(),
                                    "figure")
                            + " changed level there, under the same conditions.");
        }
        int since = trend.conditionsChanged().isEmpty()
                ? 0
                : trend.conditionsChanged().getLast();
        int alike = trend.points().size() - since;
        return new Conclusion(
                state + "; no lasting change can be told.",
                (since > 0
                                ? "Only the last " + counted(alike, "run") + ", since "
                                        + trend.points().get(since).run()
                                        + ", were made under the present conditions ("
                                        + trend.conditionsChangedTo(since) + ")"
                                : "All of " + counted(alike, "run") + " were made under the same conditions")
                        + (alike < 8
                                ? "; a change of level can be told from 8 on."
                                : ", and in none of their figures does the level change by more than chance explains."));
    }

    // ---- a grid ----------------------------------------------------------------------------------------------------

    static Conclusion of(Sweep sweep, OptionalLong predictedRows) {
        List<String> expect = new ArrayList<>();
        sweep.hold().ifPresent(hold -> expect.add(size(hold, predictedRows)));
        if (sweep.variesRate()) {
            expect.add(load(sweep));
        }
        List<String> grounds = new ArrayList<>();
        sweep.hold().ifPresent(hold -> grounds.add(grounds("hold", hold, predictedRows)));
        if (sweep.hold().isEmpty()) {
            sweep.duration().ifPresent(duration -> grounds.add(grounds("duration", duration, predictedRows)));
        }
        if (sweep.variesRate()) {
            grounds.add(tried(sweep));
        }
        return new Conclusion(
                expect.isEmpty()
                        ? "No lock stopped writes in more than one size, and one rate was tried: nothing to expect can be told."
                        : sentence(expect),
                grounds.isEmpty()
                        ? "It rests on " + counted(sweep.points().size(), "run")
                                + " of one size and one rate: sweep over two or more."
                        : sentence(grounds));
    }

    private static String size(Growth hold, OptionalLong predictedRows) {
        if (predictedRows.isPresent()) {
            Growth.Prediction at = hold.at(predictedRows.getAsLong());
            return "expect writes to stand still for about " + Quantities.duration(Math.round(at.nanos())) + " at "
                    + Quantities.count(at.rows()) + " rows, and be ready for "
                    + Quantities.duration(Math.round(at.high()));
        }
        return hold.model() == Growth.Model.CONSTANT
                ? "users wait as long on a large table as on a small one"
                : "each doubling of the table makes users wait about " + Ratios.shown(doubling(hold))
                        + " times as long";
    }

    private static double doubling(Growth growth) {
        long largest = growth.measured().stream()
                .mapToLong(Growth.Measured::rows)
                .max()
                .orElseThrow();
        return growth.at(2 * largest).nanos() / growth.at(largest).nanos();
    }

    private static String load(Sweep sweep) {
        OptionalDouble holds = sweep.highestRate();
        if (holds.isEmpty()) {
            return "at no load that was tried is it safe";
        }
        return holds.getAsDouble() >= 1
                ? "it is safe at the planned load, and up to " + Ratios.shown(holds.getAsDouble()) + " times it"
                : "it is not shown to be safe at the planned load: wait for an hour with "
                        + Quantities.percent(holds.getAsDouble()) + " of it or less";
    }

    private static String grounds(String what, Growth growth, OptionalLong predictedRows) {
        long largest = growth.measured().stream()
                .mapToLong(Growth.Measured::rows)
                .max()
                .orElseThrow();
        return "the " + what + " is taken as " + growth.model().word() + " from "
                + counted(growth.measured().size(), "run") + " that scatter by "
                + Quantities.percent(growth.scatter())
                + (predictedRows.isPresent() && predictedRows.getAsLong() > largest
                        ? ", " + Ratios.shown((double) predictedRows.getAsLong() / largest)
                                + " times beyond the largest size"
                        : "")
                + growth.check()
                        .map(check -> check.predicted().holds(check.measuredNanos())
                                ? ", and the smaller sizes foretell the largest within the interval"
                                : ", but the smaller sizes do not foretell the largest: measure a larger one first")
                        .orElse(", which no third size has tested");
    }

    private static String tried(Sweep sweep) {
        long rates = sweep.points().stream().map(Sweep.Point::rate).distinct().count();
        OptionalDouble not = sweep.lowestRateThatDoesNotHold();
        return counted(rates, "rate") + " " + (rates == 1 ? "was" : "were") + " tried, and "
                + (not.isEmpty()
                        ? "the objectives held at every one, so that the limit lies beyond"
                        : "the objectives fail first at " + Ratios.shown(not.getAsDouble()) + " times, in "
                                + sweep.points().stream()
                                        .filter(point -> point.rate() == not.getAsDouble()
                                                && point.verdict() != Verdict.Status.PASSED)
                                        .map(Sweep.Point::directory)
                                        .findFirst()
                                        .orElseThrow());
    }

    // ---- words -----------------------------------------------------------------------------------------------------

    private static String sentence(List<String> parts) {
        String words = String.join("; ", parts);
        return Character.toUpperCase(words.charAt(0)) + words.substring(1) + ".";
    }

    private static String counted(long count, String what) {
        return Quantities.count(count) + " " + what + (count == 1 ? "" : "s");
    }

    /** Such as {@code a, b and c}. */
    private static String listed(List<String> names) {
        return names.size() == 1
                ? names.getFirst()
                : String.join(", ", names.subList(0, names.size() - 1)) + " and " + names.getLast();
    }
}
