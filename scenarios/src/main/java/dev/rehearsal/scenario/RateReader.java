package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the {@code rate} of a service: a number, a curve, or the file of a day. */
final class RateReader {
    private static final Rate STAND_IN = new Rate.Steady(1);
    private static final Keys KEYS = Keys.of("curve", "day", "compress", "from");
    private static final Keys POINT_KEYS = Keys.of("at", "rate");
    private static final String CURVE_ADVICE =
            "write e.g. curve: [ { at: 0s, rate: 100/s }, { at: 60s, rate: 400/s } ]";
    private static final String DAY_ADVICE = "day: traffic.csv, with lines such as 08:30,250";
    private static final String POINT_ADVICE = "write e.g. { at: 60s, rate: 400/s }";
    private static final String LINE_ADVICE = "write a time of day and arrivals per second, e.g. 08:30,250";
    private static final long MAXIMUM_BYTES = 1 << 20;
    private static final long MOST_PER_SECOND = 1_000_000;

    /** A day in a second. */
    private static final double MOST_COMPRESSED = 86_400;

    private static final Pattern TIME = Pattern.compile("([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?");

    private RateReader() {}

    /** @param folder of the scenario's file */
    static Rate read(Value value, Path folder) {
        if (!(value.node() instanceof YamlNode.Mapping)) {
            return new Rate.Steady(value.rate());
        }
        Block block = value.block(KEYS, CURVE_ADVICE);
        Optional<Value> curve = block.get("curve");
        Optional<Value> day = block.get("day");
        if (curve.isPresent() && day.isPresent()) {
            day.get().problem("does not go with curve; keep one");
            return STAND_IN;
        }
        if (curve.isPresent()) {
            for (String key : List.of("compress", "from")) {
                block.get(key).ifPresent(given -> given.problem("is for a day's file; remove it"));
            }
            return curve(curve.get());
        }
        if (day.isPresent()) {
            return day(block, day.get(), folder);
        }
        if (!block.hasUnknown()) {
            value.problem("needs a curve or a day; " + CURVE_ADVICE + ", or " + DAY_ADVICE);
        }
        return STAND_IN;
    }

    private static Rate curve(Value value) {
        List<Rate.Point> points = new ArrayList<>();
        for (Value item : value.filledList(CURVE_ADVICE)) {
            Block block = item.block(POINT_KEYS, POINT_ADVICE);
            Optional<Duration> at =
                    block.require("at", POINT_ADVICE).map(time -> time.duration(Duration.ZERO, Duration.ofMinutes(1)));
            Optional<Double> rate = block.require("rate", POINT_ADVICE).map(Value::rate);
            if (at.isEmpty() || rate.isEmpty()) {
                continue;
            }
            if (!points.isEmpty() && at.get().compareTo(points.getLast().at()) <= 0) {
                block.get("at")
                        .filter(time -> !time.problems().anyWithin(time.path()))
                        .ifPresent(time -> time.problem("must be later than the one before, "
                                + Quantity.write(points.getLast().at()) + ", got " + time.shown()
                                + "; put them in the order of time"));
                continue;
            }
            points.add(new Rate.Point(at.get(), rate.get()));
        }
        if (points.size() < 2) {
            if (!value.problems().anyWithin(value.path())) {
                value.problem("has one point; add a second, or write rate: "
                        + Quantity.plain(points.getFirst().perSecond()) + "/s");
            }
            return STAND_IN;
        }
        return new Rate.Curve(points);
    }

    private static Rate day(Block block, Value day, Path folder) {
        double compress = block.get("compress")
                .map(factor -> factor.number(1, true, MOST_COMPRESSED, 1))
                .orElse(1.0);
        Duration from = block.get("from").map(RateReader::from).orElse(Duration.ZERO);
        String written = day.text(DAY_ADVICE);
        Optional<Path> file = written.isEmpty() ? Optional.empty() : Paths.resolve(folder, written, day);
        List<Rate.Point> points = file.flatMap(path -> SourceFile.read(
                        path,
                        Optional.of(new SourceFile.Referrer(day.location(), day.path())),
                        "day's file",
                        MAXIMUM_BYTES,
                        day.problems()))
                .map(source -> lines(source, day))
                .orElse(List.of());
        return points.isEmpty() ? STAND_IN : new Rate.Day(file.orElseThrow(), points, compress, from);
    }

    private static Duration from(Value value) {
        Optional<Duration> time = value.scalar().flatMap(RateReader::timeOfDay);
        if (time.isEmpty()) {
            value.problem("must be a time of day, got " + value.shown() + "; write e.g. 20:00");
        }
        return time.orElse(Duration.ZERO);
    }

    private static Optional<Duration> timeOfDay(String text) {
        Matcher matcher = TIME.matcher(text);
        return matcher.matches()
                ? Optional.of(Duration.ofHours(Long.parseLong(matcher.group(1)))
                        .plusMinutes(Long.parseLong(matcher.group(2)))
                        .plusSeconds(matcher.group(3) == null ? 0 : Long.parseLong(matcher.group(3))))
                : Optional.empty();
    }

    /** Empty lines and a heading say nothing. Nothing is returned if anything is wrong. */
    private static List<Rate.Point> lines(SourceFile source, Value day) {
        Problems problems = day.problems();
        problems.register(source);
        int known = problems.size();
        List<Rate.Point> points = new ArrayList<>();
        for (int i = 0; i < source.lines().size(); i++) {
            String line = source.lines().get(i);
            boolean heading = i == 0 && line.chars().noneMatch(Character::isDigit);
            if (line.isBlank() || heading) {
                continue;
            }
            new DayLine(day, source.name(), i + 1, line)
                    .read(points.isEmpty() ? Optional.empty() : Optional.of(points.getLast()))
                    .ifPresent(points::add);
        }
        if (problems.size() == known && points.size() < 2) {
            problems.add(
                    new SourceLocation(source.name(), 1, 1),
                    day.path(),
                    "has " + (points.isEmpty() ? "no time" : "one time") + " of day; a day needs two or more; "
                            + LINE_ADVICE);
        }
        return problems.size() == known ? points : List.of();
    }

    /** One line of a day's file. */
    private record DayLine(Value day, String file, int number, String text) {
        Optional<Rate.Point> read(Optional<Rate.Point> before) {
            int comma = text.indexOf(',');
            if (comma < 0 || text.indexOf(',', comma + 1) >= 0) {
                return wrong(0, "must have two columns, got " + Value.shorten(text) + "; " + LINE_ADVICE);
            }
            String time = text.substring(0, comma).strip();
            String rate = text.substring(comma + 1).strip();
            Optional<Duration> at = timeOfDay(time);
            if (at.isEmpty()) {
                return wrong(
                        0,
                        "must be a time of day from 00:00 to 23:59, got " + Value.shorten(time) + "; " + LINE_ADVICE);
            }
            if (before.isPresent() && at.get().compareTo(before.get().at()) <= 0) {
                return wrong(
                        0,
                        "must be later than the line before, got " + Value.shorten(time)
                                + "; put the lines in the order of time");
            }
            Optional<Quantity> quantity = Quantity.parse(rate);
            Optional<Double> perSecond = quantity.flatMap(
                    given -> given.unit().isEmpty() ? Optional.of(given.amount().doubleValue()) : given.perSecond());
            if (perSecond.isEmpty()) {
                return wrong(comma + 1, "must be a rate, got " + Value.shorten(rate) + "; " + LINE_ADVICE);
            }
            if (perSecond.get() <= 0 || perSecond.get() > MOST_PER_SECOND) {
                return wrong(
                        comma + 1,
                        "must be positive and at most 1,000,000/s, got " + Value.shorten(rate)
                                + (perSecond.get() == 0
                                        ? "; write e.g. 0.1 for a time at which hardly anybody comes"
                                        : ""));
            }
            return Optional.of(new Rate.Point(at.get(), perSecond.get()));
        }

        private Optional<Rate.Point> wrong(int index, String message) {
            day.problems()
                    .add(new SourceLocation(file, number, text.codePointCount(0, index) + 1), day.path(), message);
            return Optional.empty();
        }
    }
}
