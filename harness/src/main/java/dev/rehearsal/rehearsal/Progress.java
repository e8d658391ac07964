package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Stage;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** What a rehearsal tells while it runs. Called by one thread at a time, but not always by the same one. */
public interface Progress extends AutoCloseable {
    void started(Scenario scenario, Path runDirectory);

    /** One sentence about a preparation that takes time. */
    void preparing(String what);

    BuildProgress building();

    /** @param planned how long the stage will last; empty: until its work is done */
    void stageStarted(Stage stage, Optional<Duration> planned);

    void stageEnded(Stage stage, Duration lasted);

    void stepStarted(String step);

    /** About four times a second while traffic flows. */
    void tick(Moment moment);

    /** Nothing more will be told; also after a failure. */
    @Override
    void close();

    /** The traffic has stopped; numbers are being put together. */
    void finishing();

    /**
     * How things stand.
     *
     * @param elapsed in this stage
     * @param ratePerSecond requests completed in the last second
     * @param p50Millis response of the last two seconds; NaN if nothing completed
     * @param p99Millis likewise
     * @param baselineP50Millis of the whole baseline; NaN before its end
     * @param baselineP99Millis likewise
     * @param failed requests since the run began
     * @param inFlight requests begun and not finished
     * @param waitingForLocks sessions of the primary, when it was last asked; empty before
     * @param faults the kinds of those in force
     * @param statement that is running now, one line
     */
    record Moment(
            Stage stage,
            Duration elapsed,
            Optional<Duration> planned,
            double ratePerSecond,
            double p50Millis,
            double p99Millis,
            double baselineP50Millis,
            double baselineP99Millis,
            long failed,
            long inFlight,
            OptionalInt waitingForLocks,
            List<String> faults,
            Optional<String> statement) {
        public Moment {
            faults = List.copyOf(faults);
        }
    }
}
