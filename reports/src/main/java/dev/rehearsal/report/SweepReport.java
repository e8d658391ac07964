package dev.rehearsal.report;

import dev.rehearsal.compare.Growth;
import dev.rehearsal.compare.Growth.Prediction;
import dev.rehearsal.compare.Ratios;
import dev.rehearsal.compare.SafeHours;
import dev.rehearsal.compare.SafeHours.Safety;
import dev.rehearsal.compare.Sweep;
import dev.rehearsal.compare.Sweep.Point;
import dev.rehearsal.report.ComparisonRows.Cell;
import dev.rehearsal.report.ComparisonRows.Row;
import dev.rehearsal.report.ComparisonRows.Table;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.verdict.Quantities;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A sweep told: its sentences, its table, {@code sweep.json} and {@code sweep.html}.
 *
 * <pre>
 * The longest hold is linear in the rows of orders: 1.2 s at 2,000,000.
 * At 500,000,000 rows of orders it would be held for 4:58 min, between 3:40 min and 6:44 min (95 %), and the migration would take …
 * Predicted from the smaller sizes, the hold at 2,000,000 rows would have been 1.15 s (4 % too little); measured was 1.20 s, within the interval.
 * Its objectives hold up to 1.4 times the rate (280/s), and no longer at 1.7 times: headroom 40 %.
 * By the day of traffic.csv the objectives hold in 9 of 24 hours, from 22:00 to 07:00; the migration took 3.2 s. In 2 hours nobody knows: …
 * </pre>
 */
public final class SweepReport {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private static final int CURVE_POINTS = 60;

    private final Sweep sweep;
    private final OptionalLong predictedRows;
    private final Optional<SafeHours> safe;

    /**
     * @param predictedRows what to predict for; empty: nothing
     * @param safe by the hour of the day; empty: the traffic follows no day
     */
    public SweepReport(Sweep sweep, OptionalLong predictedRows, Optional<SafeHours> safe) {
        this.sweep = sweep;
        this.predictedRows = predictedRows;
        this.safe = safe;
    }

    // ---- sentences -------------------------------------------------------------------------------------------------

    List<String> sentences() {
        List<String> sentences = new ArrayList<>();
        growth("The longest hold", sweep.hold()).ifPresent(sentences::add);
        growth("The migration's duration", sweep.duration()).ifPresent(sentences::add);
        if (predictedRows.isPresent()) {
            sentences.add(predicted(predictedRows.getAsLong()));
        }
        check("hold", sweep.hold()).ifPresent(sentences::add);
        check("duration", sweep.duration()).ifPresent(sentences::add);
        rates().ifPresent(sentences::add);
        safe.map(SweepReport::day).ifPresent(sentences::add);
        if (sentences.isEmpty()) {
            sentences.add(
                    "One run says nothing about rates or sizes: give at least two, such as --sweep scale=0.5,1,2.");
        }
        return sentences;
    }

    private String table() {
        return sweep.points().getLast().table();
    }

    private Optional<String> growth(String what, Optional<Growth> growth) {
        return growth.map(fit -> {
            Growth.Measured largest = fit.measured().stream()
                    .max((a, b) -> Long.compare(a.rows(), b.rows()))
                    .orElseThrow();
            return what
                    + (fit.model() == Growth.Model.CONSTANT
                            ? " does not depend on the rows of " + table()
                            : " grows " + (fit.model() == Growth.Model.LINEAR ? "linearly" : "as n·log n")
                                    + " with the rows of " + table())
                    + ": " + Quantities.duration(largest.nanos()) + " at " + Quantities.count(largest.rows()) + ".";
        });
    }

    private String predicted(long rows) {
        Optional<Growth> hold = sweep.hold();
        Optional<Growth> duration = sweep.duration();
        if (duration.isEmpty()) {
            return "Nothing can be predicted for " + Quantities.count(rows)
                    + " rows: it takes at least two sizes, such as --sweep scale=0.5,1,2.";
        }
        return "At " + Quantities.count(rows) + " rows of " + table() + " "
                + hold.map(fit -> "the longest lock would be held for " + shown(fit.at(rows)) + ", and ")
                        .orElse("")
                + "the migration would take " + shown(duration.get().at(rows)) + ".";
    }

    private static String shown(Prediction prediction) {
        return Quantities.duration(Math.round(prediction.nanos())) + " ("
                + Quantities.duration(Math.round(prediction.low()))
                + " to " + Quantities.duration(Math.round(prediction.high())) + ", "
                + Quantities.percent(Growth.CONFIDENCE) + ")";
    }

    private static Optional<String> check(String what, Optional<Growth> growth) {
        return growth.flatMap(Growth::check)
                .map(check -> "Predicted from the smaller sizes, the " + what + " at "
                        + Quantities.count(check.predicted().rows()) + " rows would have been "
                        + shown(check.predicted())
                        + "; measured was " + Quantities.duration(Math.round(check.measuredNanos())) + ", "
                        + (check.predicted().holds(check.measuredNanos()) ? "within" : "outside")
                        + " the interval, an error of "
                        + Quantities.percent(Math.abs(check.error())) + ".");
    }

    private Optional<String> rates() {
        if (!sweep.variesRate()) {
            return Optional.empty();
        }
        OptionalDouble holds = sweep.highestRate();
        OptionalDouble not = sweep.lowestRateThatDoesNotHold();
        if (holds.isEmpty()) {
            return Optional.of("Its objectives hold at none of the rates.");
        }
        String up = "Its objectives hold up to " + Ratios.shown(holds.getAsDouble())
                + (safe.isPresent() ? " times the day's highest rate (" : " times the rate (")
                + perSecond(holds.getAsDouble()) + ")";
        String headroom =
                holds.getAsDouble() >= 1 ? "headroom " + Quantities.percent(holds.getAsDouble() - 1) : "no headroom";
        return Optional.of(
                not.isEmpty()
                        ? up + ", the highest that was tried: " + headroom + " or more."
                        : up + ", and no longer at " + Ratios.shown(not.getAsDouble()) + " times: " + headroom + ".");
    }

    private static String day(SafeHours safe) {
        long hours = safe.count(Safety.SAFE);
        long unknown = safe.count(Safety.UNKNOWN);
        String windows = safe.windows().stream()
                .map(window -> "from " + clock(window.hour()) + " to " + clock(window.end()))
                .collect(Collectors.joining(", "));
        return "By the day of " + safe.file() + " the objectives "
                + (hours == 0
                        ? "hold in no hour that is known"
                        : hours == safe.hours().size()
                                ? "hold in every hour"
                                : "hold in " + hours + " of 24 hours, " + windows)
                + (safe.migrationNanos() > 0
                        ? "; the migration took " + Quantities.duration(safe.migrationNanos()) + "."
                        : ".")
                + (unknown > 0
                        ? " Of " + (unknown == 1 ? "1 hour" : unknown + " hours")
                                + " nobody knows: its highest rate lies beyond those that were tried, or between"
                                + " one that holds and one that does not."
                        : "");
    }

    private static String clock(int hour) {
        return String.format(Locale.ROOT, "%02d:00", hour);
    }

    private String perSecond(double rate) {
        return sweep.points().stream()
                .filter(point -> point.rate() == rate)
                .map(point -> String.format(Locale.ROOT, "%.0f/s", point.arrivalsPerSecond()))
                .findFirst()
                .orElse("");
    }

    // ---- forms -----------------------------------------------------------------------------------------------------

    private Table points() {
        return new Table(
                "Runs",
                "",
                List.of("run", "arrivals", "rows", "verdict", "longest hold", "migration took", "response p99"),
                sweep.sorted().stream()
                        .map(point -> new Row(
                                point.directory(),
                                List.of(
                                        Cell.of(String.format(Locale.ROOT, "%.0f/s", point.arrivalsPerSecond())),
                                        Cell.of(Quantities.count(point.rows()) + " " + point.table()),
                                        new Cell(
                                                point.verdict().word(),
                                                "",
                                                point.verdict().word()),
                                        point.hold().map(SweepReport::held).orElse(Cell.of("none")),
                                        Cell.of(shown(point.migrationNanos())),
                                        Cell.of(shown(point.p99Nanos())))))
                        .toList());
    }

    private List<Table> tables() {
        return Stream.concat(Stream.of(points()), safe.map(SweepReport::hours).stream())
                .toList();
    }

    private static Table hours(SafeHours safe) {
        return new Table(
                "By the hour",
                "The highest rate of the hour and of the time that a migration begun in it takes, beside the highest at which the objectives hold.",
                List.of("hour", "highest rate", "of the day's highest", "holds up to", "safe?"),
                safe.hours().stream()
                        .map(hour -> new Row(
                                clock(hour.hour()),
                                List.of(
                                        Cell.of(String.format(Locale.ROOT, "%.0f/s", hour.perSecond())),
                                        Cell.of(Quantities.percent(hour.timesHighest())),
                                        Cell.of(
                                                safe.holds().isPresent()
                                                        ? Quantities.percent(
                                                                safe.holds().getAsDouble())
                                                        : "–"),
                                        Cell.of(hour.safety().word()))))
                        .toList());
    }

    private static Cell held(LockHeld lock) {
        return new Cell(
                Quantities.duration(lock.heldNanos()),
                "± " + Quantities.duration(lock.errorNanos()) + " " + lock.mode(),
                "");
    }

    private static String shown(Optional<Long> nanos) {
        return nanos.map(Quantities::duration).orElse("–");
    }

    public String forTerminal() {
        StringBuilder text = new StringBuilder();
        sentences()
                .forEach(
                        sentence -> text.append(PlainText.forTerminal(sentence)).append('\n'));
        tables().forEach(table -> ComparisonText.table(text, table));
        return text.toString();
    }

    private record Json(
            int schemaVersion,
            String scenario,
            List<String> sentences,
            List<JsonPoint> points,
            Optional<JsonGrowth> hold,
            Optional<JsonGrowth> duration,
            OptionalDouble highestRate,
            OptionalDouble lowestRateThatDoesNotHold,
            Optional<List<JsonHour>> hours) {}

    private record JsonHour(String from, double arrivalsPerSecond, double timesHighest, String safety) {}

    private record JsonPoint(
            double rate,
            double scale,
            String directory,
            double arrivalsPerSecond,
            String table,
            long rows,
            String verdict,
            OptionalDouble holdMillis,
            OptionalDouble holdErrorMillis,
            OptionalDouble migrationMillis,
            OptionalDouble p99Millis) {}

    private record JsonGrowth(
            String model, double scatter, Optional<JsonPrediction> predicted, Optional<JsonCheck> check) {}

    private record JsonPrediction(long rows, double millis, double lowMillis, double highMillis, double confidence) {}

    private record JsonCheck(JsonPrediction predicted, double measuredMillis, double error) {}

    /** The text of {@code sweep.json}, with its last line's end. Times are milliseconds. */
    public String json() {
        return MAPPER.writeValueAsString(new Json(
                        1,
                        sweep.scenario(),
                        sentences(),
                        sweep.points().stream().map(SweepReport::json).toList(),
                        sweep.hold().map(this::json),
                        sweep.duration().map(this::json),
                        sweep.variesRate() ? sweep.highestRate() : OptionalDouble.empty(),
                        sweep.variesRate() ? sweep.lowestRateThatDoesNotHold() : OptionalDouble.empty(),
                        safe.map(hours -> hours.hours().stream()
                                .map(hour -> new JsonHour(
                                        clock(hour.hour()),
                                        hour.perSecond(),
                                        hour.timesHighest(),
                                        hour.safety().word()))
                                .toList())))
                + "\n";
    }

    private static JsonPoint json(Point point) {
        return new JsonPoint(
                point.rate(),
                point.scale(),
                point.directory(),
                point.arrivalsPerSecond(),
                point.table(),
                point.rows(),
                point.verdict().word(),
                millis(point.hold().map(LockHeld::heldNanos)),
                millis(point.hold().map(LockHeld::errorNanos)),
                millis(point.migrationNanos()),
                millis(point.p99Nanos()));
    }

    private JsonGrowth json(Growth growth) {
        return new JsonGrowth(
                growth.model().word(),
                growth.scatter(),
                predictedRows.isPresent() ? Optional.of(json(growth.at(predictedRows.getAsLong()))) : Optional.empty(),
                growth.check()
                        .map(check ->
                                new JsonCheck(json(check.predicted()), check.measuredNanos() / 1e6, check.error())));
    }

    private static JsonPrediction json(Prediction prediction) {
        return new JsonPrediction(
                prediction.rows(),
                prediction.nanos() / 1e6,
                prediction.low() / 1e6,
                prediction.high() / 1e6,
                Growth.CONFIDENCE);
    }

    private static OptionalDouble millis(Optional<Long> nanos) {
        return nanos.map(value -> OptionalDouble.of(value / 1e6)).orElse(OptionalDouble.empty());
    }

    /** The words of {@code sweep.html}. */
    public record Page(
            String scenario,
            List<String> sentences,
            Conclusion conclusion,
            List<RunLinks> runs,
            List<Table> tables,
            boolean curves) {
        public Page {
            runs = List.copyOf(runs);
            sentences = List.copyOf(sentences);
            tables = List.copyOf(tables);
        }
    }

    /** What {@code sweep.js} draws. */
    record Data(String table, List<Curve> curves) {}

    /**
     * @param dots rows and milliseconds that were measured
     * @param line rows, milliseconds, low and high of the fit
     */
    record Curve(String name, List<double[]> dots, List<double[]> line) {}

    public String html() {
        List<Curve> curves = Stream.of(
                        curve("longest hold", sweep.hold()), curve("migration's duration", sweep.duration()))
                .flatMap(Optional::stream)
                .toList();
        return Pages.render(
                "sweep.jte",
                Map.of(
                        "page",
                        new Page(
                                sweep.scenario(),
                                sentences(),
                                Conclusion.of(sweep, predictedRows),
                                sweep.points().stream()
                                        .map(point -> RunLinks.of(
                                                point.directory(), Path.of("sweep.html"), Path.of(point.directory())))
                                        .toList(),
                                tables(),
                                !curves.isEmpty()),
                        "inlined",
                        Inlined.with(new Data(table(), curves), "sweep")));
    }

    private Optional<Curve> curve(String name, Optional<Growth> growth) {
        return growth.map(fit -> {
            double from = fit.measured().stream()
                    .mapToLong(Growth.Measured::rows)
                    .min()
                    .orElseThrow();
            double to = Math.max(
                    predictedRows.orElse(0),
                    fit.measured().stream()
                            .mapToLong(Growth.Measured::rows)
                            .max()
                            .orElseThrow());
            List<double[]> line = new ArrayList<>();
            for (int i = 0; i <= CURVE_POINTS; i++) {
                Prediction prediction = fit.at(Math.round(from * Math.pow(to / from, (double) i / CURVE_POINTS)));
                line.add(new double[] {
                    prediction.rows(), prediction.nanos() / 1e6, prediction.low() / 1e6, prediction.high() / 1e6
                });
            }
            return new Curve(
                    name + ", " + fit.model().word(),
                    fit.measured().stream()
                            .map(one -> new double[] {one.rows(), one.nanos() / 1e6})
                            .toList(),
                    line);
        });
    }
}
