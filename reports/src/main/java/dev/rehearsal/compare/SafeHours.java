package dev.rehearsal.compare;

import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.verdict.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.IntStream;

/**
 * In which hours of a day's traffic a migration would be safe: the highest rate of each beside the highest at which the objectives held.
 *
 * <p>An hour counts with what follows it for as long as the migration took, because it may be begun in the hour's last second. Rates are times the highest of
 * the day; where several services follow days of their own, an hour has the worst of theirs. That what holds at a rate holds at lower ones is taken for granted.
 *
 * @param file of the day's traffic, its last name; of several services, of the first
 * @param holds times the day's highest rate; empty if there is none
 * @param fails the lowest at which the objectives were not shown to hold; empty if there is none
 * @param migrationNanos the longest that the migration took where it passed; 0 if it never did
 * @param hours all 24 of them
 */
public record SafeHours(
        String file, OptionalDouble holds, OptionalDouble fails, long migrationNanos, List<Hour> hours) {
    private static final int HOURS = 24;

    public SafeHours {
        hours = List.copyOf(hours);
    }

    public enum Safety {
        SAFE("safe"),
        UNSAFE("not safe"),
        /** Between the highest rate that holds and the lowest that does not, or above all that were tried. */
        UNKNOWN("not tried");

        private final String word;

        Safety(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    /**
     * @param perSecond the highest of it and of what follows for as long as the migration takes, over the services that follow a day
     * @param timesHighest the same beside the day's highest
     */
    public record Hour(int hour, double perSecond, double timesHighest, Safety safety) {}

    /** From the beginning of an hour, so many in a row. */
    public record Window(int hour, int hours) {
        public int end() {
            return (hour + hours) % HOURS;
        }
    }

    /**
     * Of a sweep of rates, by its runs of the largest size; empty if no service follows a day.
     *
     * @param workload as the scenario has it
     */
    public static Optional<SafeHours> of(Sweep sweep, Workload workload) {
        List<Rate.Day> days = workload.services().stream()
                .map(Workload.Service::rate)
                .filter(Rate.Day.class::isInstance)
                .map(Rate.Day.class::cast)
                .toList();
        if (days.isEmpty() || !sweep.variesRate()) {
            return Optional.empty();
        }
        double scale =
                sweep.points().stream().mapToDouble(Sweep.Point::scale).max().orElseThrow();
        Sweep largest = new Sweep(
                sweep.scenario(),
                sweep.points().stream().filter(point -> point.scale() == scale).toList());
        long migrationNanos = largest.points().stream()
                .filter(point -> point.verdict() == Verdict.Status.PASSED)
                .flatMap(point -> point.migrationNanos().stream())
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
        OptionalDouble holds = largest.highestRate();
        OptionalDouble fails = largest.lowestRateThatDoesNotHold();
        Duration counted = Duration.ofHours(1).plusNanos(migrationNanos);
        return Optional.of(new SafeHours(
                days.getFirst().file().getFileName().toString(),
                holds,
                fails,
                migrationNanos,
                IntStream.range(0, HOURS)
                        .mapToObj(hour -> hour(days, hour, counted, holds, fails))
                        .toList()));
    }

    private static Hour hour(
            List<Rate.Day> days, int hour, Duration counted, OptionalDouble holds, OptionalDouble fails) {
        Duration start = Duration.ofHours(hour);
        double perSecond = 0;
        double timesHighest = 0;
        for (Rate.Day day : days) {
            double highest = day.highest(start, counted);
            perSecond += highest;
            timesHighest = Math.max(timesHighest, highest / day.highest());
        }
        Safety safety = holds.isPresent() && timesHighest <= holds.getAsDouble()
                ? Safety.SAFE
                : fails.isPresent() && timesHighest >= fails.getAsDouble() ? Safety.UNSAFE : Safety.UNKNOWN;
        return new Hour(hour, perSecond, timesHighest, safety);
    }

    public long count(Safety safety) {
        return hours.stream().filter(hour -> hour.safety() == safety).count();
    }

    /** Safe hours in a row, also over midnight, the longest first. */
    public List<Window> windows() {
        if (count(Safety.SAFE) == HOURS) {
            return List.of(new Window(0, HOURS));
        }
        List<Window> windows = new ArrayList<>();
        for (int hour = 0; hour < HOURS; hour++) {
            int length = 0;
            while (safe(hour) && !safe(hour - 1) && safe(hour + length)) {
                length++;
            }
            if (length > 0) {
                windows.add(new Window(hour, length));
            }
        }
        return windows.stream()
                .sorted((one, other) -> Integer.compare(other.hours(), one.hours()))
                .toList();
    }

    private boolean safe(int hour) {
        return hours.get(Math.floorMod(hour, HOURS)).safety() == Safety.SAFE;
    }
}
