package dev.rehearsal.drill;

import dev.rehearsal.measure.DataFingerprint;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.migration.StepListener;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.scenario.Step;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A migration that nothing befalls: what others are compared with.
 *
 * @param before the data before it
 * @param boundaries the schema before each step, and after the last
 * @param spans of its steps
 * @param data after it
 * @param failure of a migration that fails by itself; then the rest is as it was until then
 */
record UndisturbedRun(
        DataFingerprint before,
        List<SchemaFingerprint> boundaries,
        List<StepSpan> spans,
        DataFingerprint data,
        Optional<Failure> failure) {
    UndisturbedRun {
        boundaries = List.copyOf(boundaries);
        spans = List.copyOf(spans);
    }

    record StepSpan(Step step, Duration took) {}

    SchemaFingerprint schema() {
        return boundaries.getLast();
    }

    /** Of each step the shorter of both: a crash shall come in time. */
    List<StepSpan> shortest(UndisturbedRun other) {
        List<StepSpan> shortest = new ArrayList<>();
        for (int i = 0; i < spans.size(); i++) {
            Duration one = spans.get(i).took();
            Duration two = i < other.spans.size() ? other.spans.get(i).took() : one;
            shortest.add(new StepSpan(spans.get(i).step(), one.compareTo(two) < 0 ? one : two));
        }
        return shortest;
    }

    static UndisturbedRun of(DrillServer server, List<Step> steps) throws SQLException, InterruptedException {
        DataFingerprint before = server.data();
        List<SchemaFingerprint> boundaries = new ArrayList<>(List.of(server.schema()));
        List<StepSpan> spans = new ArrayList<>();
        List<SQLException> troubles = new ArrayList<>();
        MigrationOutcome outcome = server.run(Phase.MIGRATION, steps, new StepListener() {
            private long startedNanos;

            @Override
            public void beforeStep(Step step) {
                if (!spans.isEmpty()) {
                    boundary();
                }
            }

            @Override
            public void stepStarted(Step step) {
                startedNanos = System.nanoTime();
            }

            @Override
            public void stepEnded(Step step, Status status) {
                spans.add(new StepSpan(step, Duration.ofNanos(System.nanoTime() - startedNanos)));
            }

            private void boundary() {
                try {
                    boundaries.add(server.schema());
                } catch (SQLException e) {
                    troubles.add(e);
                }
            }
        });
        if (!troubles.isEmpty()) {
            throw troubles.getFirst();
        }
        boundaries.add(server.schema());
        return new UndisturbedRun(before, boundaries, spans, server.data(), outcome.failure());
    }
}
