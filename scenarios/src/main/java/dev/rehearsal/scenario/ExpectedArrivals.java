package dev.rehearsal.scenario;

import java.util.Arrays;
import java.util.List;

/**
 * How many arrivals a changing rate comes to until an instant, and the instant at which it has come to so many.
 *
 * <p>A rate that is straight between its points has an integral that is quadratic there, so both are exact but for rounding. Of a Poisson process with the
 * rate λ, the integral Λ of the arrivals' instants is a Poisson process of rate 1: that is how arrivals are made of it, and how a test knows them again.
 *
 * <p>Immutable and safe for use by several threads.
 */
public final class ExpectedArrivals {
    private static final double NANOS_PER_SECOND = 1e9;

    private final double[] seconds;
    private final double[] perSecond;
    /** Arrivals before each point. */
    private final double[] before;

    private final boolean again;

    private ExpectedArrivals(double[] seconds, double[] perSecond, boolean again) {
        this.seconds = seconds;
        this.perSecond = perSecond;
        this.again = again;
        this.before = new double[seconds.length];
        for (int i = 1; i < seconds.length; i++) {
            before[i] = before[i - 1] + (seconds[i] - seconds[i - 1]) * (perSecond[i - 1] + perSecond[i]) / 2;
        }
    }

    /** Through the points, and level before and after them. */
    static ExpectedArrivals along(List<Rate.Point> points) {
        double[] seconds =
                points.stream().mapToDouble(ExpectedArrivals::seconds).toArray();
        double[] perSecond = points.stream().mapToDouble(Rate.Point::perSecond).toArray();
        if (seconds[0] == 0) {
            return new ExpectedArrivals(seconds, perSecond, false);
        }
        double[] from = new double[seconds.length + 1];
        double[] level = new double[seconds.length + 1];
        System.arraycopy(seconds, 0, from, 1, seconds.length);
        System.arraycopy(perSecond, 0, level, 1, perSecond.length);
        level[0] = perSecond[0];
        return new ExpectedArrivals(from, level, false);
    }

    /** Through the points, the first of them at 0, and after the last again from the first. */
    static ExpectedArrivals again(List<Rate.Point> points) {
        return new ExpectedArrivals(
                points.stream().mapToDouble(ExpectedArrivals::seconds).toArray(),
                points.stream().mapToDouble(Rate.Point::perSecond).toArray(),
                true);
    }

    private static double seconds(Rate.Point point) {
        return point.at().toNanos() / NANOS_PER_SECOND;
    }

    /** From the beginning until then. */
    public double before(double untilSeconds) {
        double rounds = again ? Math.floor(untilSeconds / seconds[seconds.length - 1]) : 0;
        double until = untilSeconds - rounds * seconds[seconds.length - 1];
        int i = at(seconds, until);
        double passed = until - seconds[i];
        return rounds * before[before.length - 1] + before[i] + passed * (perSecond[i] + slope(i) * passed / 2);
    }

    /** When so many are to be expected. */
    public double secondsUntil(double arrivals) {
        double rounds = again ? Math.floor(arrivals / before[before.length - 1]) : 0;
        double rest = arrivals - rounds * before[before.length - 1];
        int i = at(before, rest);
        double more = rest - before[i];
        return rounds * seconds[seconds.length - 1] + seconds[i] + secondsFor(more, i);
    }

    /** The form of the quadratic equation's root that loses no digits where the slope is nearly 0. */
    private double secondsFor(double arrivals, int i) {
        if (slope(i) == 0) {
            return arrivals / perSecond[i];
        }
        double root = Math.sqrt(Math.max(0, perSecond[i] * perSecond[i] + 2 * slope(i) * arrivals));
        return 2 * arrivals / (perSecond[i] + root);
    }

    /** Arrivals per second on average in a span of time. */
    public double mean(double fromSeconds, double untilSeconds) {
        return (before(untilSeconds) - before(fromSeconds)) / (untilSeconds - fromSeconds);
    }

    /** The last point that is not after it. */
    private static int at(double[] points, double value) {
        int found = Arrays.binarySearch(points, value);
        return Math.max(0, found >= 0 ? found : -found - 2);
    }

    private double slope(int i) {
        return i + 1 < seconds.length ? (perSecond[i + 1] - perSecond[i]) / (seconds[i + 1] - seconds[i]) : 0;
    }
}
