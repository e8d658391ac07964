package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** How many requests of a service arrive in a second, over all its operations: always the same, or as time goes on. Times count from the load's beginning. */
public sealed interface Rate {
    /** By time; of one that is always the same, its only one. */
    List<Point> points();

    default double lowest() {
        return points().stream().mapToDouble(Point::perSecond).min().orElseThrow();
    }

    default double highest() {
        return points().stream().mapToDouble(Point::perSecond).max().orElseThrow();
    }

    /** The same shape, so many times as high. */
    Rate times(double factor);

    /** Its integral over time, and the inverse of that. */
    ExpectedArrivals expected();

    /** Whether it is always the same. */
    default boolean steady() {
        return lowest() == highest();
    }

    /** @param perSecond above 0 */
    record Point(Duration at, double perSecond) {
        private Point times(double factor) {
            return new Point(at, perSecond * factor);
        }
    }

    record Steady(double perSecond) implements Rate {
        @Override
        public List<Point> points() {
            return List.of(new Point(Duration.ZERO, perSecond));
        }

        @Override
        public Rate times(double factor) {
            return new Steady(perSecond * factor);
        }

        @Override
        public ExpectedArrivals expected() {
            return ExpectedArrivals.along(points());
        }
    }

    /**
     * Straight between its points; before the first as at the first, after the last as at the last.
     *
     * @param points each later than the one before
     */
    record Curve(List<Point> points) implements Rate {
        public Curve {
            points = List.copyOf(points);
        }

        @Override
        public Rate times(double factor) {
            return new Curve(points.stream().map(point -> point.times(factor)).toList());
        }

        @Override
        public ExpectedArrivals expected() {
            return ExpectedArrivals.along(points);
        }
    }

    /**
     * A day's traffic, which goes by faster: straight between its points, from the last to the first of the next day too, and day after day the same.
     *
     * @param file of which it was read
     * @param points by the time of day, each later than the one before
     * @param compress so many seconds of that day pass in one of ours; there are no fewer arrivals in a second for that
     * @param from the time of day at which the load begins
     */
    record Day(Path file, List<Point> points, double compress, Duration from) implements Rate {
        private static final Duration LENGTH = Duration.ofDays(1);

        public Day {
            points = List.copyOf(points);
        }

        @Override
        public Rate times(double factor) {
            return new Day(
                    file, points.stream().map(point -> point.times(factor)).toList(), compress, from);
        }

        /** The highest rate from a time of day on, for so long; not compressed. */
        public double highest(Duration start, Duration length) {
            if (length.compareTo(LENGTH) >= 0) {
                return highest();
            }
            double highest = Math.max(at(start), at(start.plus(length)));
            for (Point point : points) {
                if (since(start, point.at()).compareTo(length) <= 0) {
                    highest = Math.max(highest, point.perSecond());
                }
            }
            return highest;
        }

        private double at(Duration time) {
            Point before = points.getLast();
            Point after = points.getFirst();
            Duration ofDay = since(Duration.ZERO, time);
            for (Point point : points) {
                if (point.at().compareTo(ofDay) <= 0) {
                    before = point;
                } else {
                    after = point;
                    break;
                }
            }
            double whole = since(before.at(), after.at()).toNanos();
            double part = since(before.at(), ofDay).toNanos();
            return before.perSecond() + (after.perSecond() - before.perSecond()) * (whole == 0 ? 0 : part / whole);
        }

        /** From one time of day to the next time that it is another. */
        private static Duration since(Duration start, Duration time) {
            return Duration.ofNanos(Math.floorMod(time.minus(start).toNanos(), LENGTH.toNanos()));
        }

        @Override
        public ExpectedArrivals expected() {
            return ExpectedArrivals.again(compressed());
        }

        /** How long one of its days is. */
        public Duration compressedLength() {
            return compressed(LENGTH);
        }

        /** One of its days as it goes by from the load's beginning, to the same time of the next. */
        public List<Point> compressed() {
            List<Point> turned = new ArrayList<>();
            turned.add(new Point(Duration.ZERO, at(from)));
            points.stream()
                    .map(point -> new Point(since(from, point.at()), point.perSecond()))
                    .filter(point -> !point.at().isZero())
                    .sorted(Comparator.comparing(Point::at))
                    .map(point -> new Point(compressed(point.at()), point.perSecond()))
                    .forEach(turned::add);
            turned.add(new Point(compressedLength(), at(from)));
            return List.copyOf(turned);
        }

        private Duration compressed(Duration duration) {
            return Duration.ofNanos(Math.round(duration.toNanos() / compress));
        }
    }
}
