package dev.rehearsal.verdict;

import dev.rehearsal.scenario.SourceLocation;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * One objective, judged. A latency objective without service and operation becomes one finding an operation.
 *
 * @param objective the scenario file's word: {@code latency}, {@code errors}, {@code outage}, {@code lockHold}, {@code lockWait}, {@code migrationTime}, {@code
 *     rewrites}, {@code lostWrites}, {@code rollback}, {@code rerun}, {@code resumable}, {@code compatible}; and {@code migration} for a step that failed and {@code fault} for one that did not
 *     happen, {@code pooler} for state of a session that went astray, {@code drill} for a drill with no objective of its own, and {@code databases} for the schema of
 *     several, whatever the objectives say
 * @param subject what is judged, a phrase: {@code response p99 of place-order during the migration}
 * @param observed in {@code unit}; empty if nothing could be observed
 * @param limit in {@code unit}; empty where there is none
 * @param unit {@code ms}, {@code fraction} (0 to 1), {@code relations}, {@code differences}, {@code schemas}, {@code steps}, {@code faults}, {@code drills}, {@code sessions} or {@code writes}
 * @param shownObserved the observed value as people read it, with its unit; a few words where there is no number
 * @param shownLimit likewise; empty where there is none
 * @param message sentences for a human: what, of what, during what, beside the baseline
 * @param source where the scenario file asks for it
 * @param interval in {@code unit}, around {@code observed}: what it was judged by, where chance has a part in it
 * @param cause the statement of the migration that it comes from; empty where it is no single one's, and of what passed
 */
public record Finding(
        String objective,
        Verdict.Status status,
        String subject,
        OptionalDouble observed,
        OptionalDouble limit,
        String unit,
        String shownObserved,
        String shownLimit,
        String message,
        SourceLocation source,
        Optional<Interval> interval,
        Optional<SourceLocation> cause) {

    /** Of what is judged by its value alone. */
    public Finding(
            String objective,
            Verdict.Status status,
            String subject,
            OptionalDouble observed,
            OptionalDouble limit,
            String unit,
            String shownObserved,
            String shownLimit,
            String message,
            SourceLocation source) {
        this(
                objective,
                status,
                subject,
                observed,
                limit,
                unit,
                shownObserved,
                shownLimit,
                message,
                source,
                Optional.empty(),
                Optional.empty());
    }

    /**
     * Where a value may lie.
     *
     * @param confidence 0 to 1
     */
    public record Interval(double low, double high, double confidence) {}

    /** The same, of times in nanoseconds, with the interval that it was judged by. */
    Finding within(Interval nanos) {
        String shown = shownObserved + " (" + Quantities.duration(Math.round(nanos.low())) + " to "
                + Quantities.duration(Math.round(nanos.high())) + ")";
        return with(
                shown,
                Optional.of(new Interval(inMillis(nanos.low()), inMillis(nanos.high()), nanos.confidence())),
                cause);
    }

    /** The same, with the statement that it comes from. */
    Finding causedBy(Optional<SourceLocation> statement) {
        return with(shownObserved, interval, statement);
    }

    /** The same, of one of several databases, as its words say. */
    Finding on(int database) {
        return new Finding(
                objective,
                status,
                subject + ", database " + database,
                observed,
                limit,
                unit,
                shownObserved,
                shownLimit,
                message.isEmpty() ? "" : "On database " + database + ": " + message,
                source,
                interval,
                cause);
    }

    private Finding with(String shown, Optional<Interval> judgedBy, Optional<SourceLocation> statement) {
        return new Finding(
                objective,
                status,
                subject,
                observed,
                limit,
                unit,
                shown,
                shownLimit,
                message,
                source,
                judgedBy,
                statement);
    }

    /** Of times, given in nanoseconds: in ms, to the microsecond. */
    static Finding ofDuration(
            String objective,
            Verdict.Status status,
            String subject,
            OptionalDouble observedNanos,
            OptionalDouble limitNanos,
            String message,
            SourceLocation source) {
        return new Finding(
                objective,
                status,
                subject,
                millis(observedNanos),
                millis(limitNanos),
                "ms",
                shown(observedNanos),
                shown(limitNanos),
                message,
                source);
    }

    private static OptionalDouble millis(OptionalDouble nanos) {
        return nanos.isPresent() ? OptionalDouble.of(inMillis(nanos.getAsDouble())) : nanos;
    }

    private static double inMillis(double nanos) {
        return Math.round(nanos / 1e3) / 1e3;
    }

    private static String shown(OptionalDouble nanos) {
        return nanos.isPresent() ? Quantities.duration(Math.round(nanos.getAsDouble())) : "";
    }

    /** The same, for people in words instead of numbers: the number is not what it was judged by. */
    Finding showing(String words) {
        return new Finding(
                objective, status, subject, observed, limit, unit, words, "", message, source, interval, cause);
    }

    /** The same, not judged. */
    Finding inconclusive() {
        return new Finding(
                objective,
                Verdict.Status.INCONCLUSIVE,
                subject,
                observed,
                limit,
                unit,
                shownObserved,
                shownLimit,
                message,
                source,
                interval,
                cause);
    }
}
