package dev.rehearsal.drill;

import dev.rehearsal.drill.UndisturbedRun.StepSpan;
import dev.rehearsal.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/** Where in a migration the server is disrupted. */
sealed interface DisruptionPoint {
    /** Shorter steps are over before a signal has arrived: in those the server is disrupted between two statements. */
    Duration SHORTEST_TIMED = Duration.ofMillis(150);

    /** In a step as long as this, several times. */
    Duration LONG = Duration.ofSeconds(1);

    /** Such as {@code before step add column}. */
    String told();

    /** The last step has not begun to do anything, the one before has committed. */
    record Before(Step step) implements DisruptionPoint {
        @Override
        public String told() {
            return "before " + Step.called(step.name());
        }
    }

    /** The step has begun, and those of its statements that come before this one are executed. */
    record BeforeStatement(Step.SqlStatements step, int statement) implements DisruptionPoint {
        @Override
        public String told() {
            return "in " + Step.called(step.name())
                    + (step.statements().size() == 1
                            ? ", before its statement"
                            : ", before statement " + (statement + 1) + " of "
                                    + step.statements().size());
        }
    }

    /** The backfill has begun, and nothing is changed yet. */
    record BeforeFirstBatch(Step.BackfillStep step) implements DisruptionPoint {
        @Override
        public String told() {
            return "in " + Step.called(step.name()) + ", before its first batch";
        }
    }

    /** So long after the step has begun. */
    record During(Step step, Duration after) implements DisruptionPoint {
        @Override
        public String told() {
            return String.format(Locale.ROOT, "in step %s, after %,d ms", step.name(), after.toMillis());
        }

        During sooner() {
            return new During(step, after.dividedBy(2));
        }
    }

    /** Everything has committed. */
    record AfterAll() implements DisruptionPoint {
        @Override
        public String told() {
            return "after the last step";
        }
    }

    /**
     * Points between all steps and in each of them.
     *
     * @param spans of an undisturbed run, one a step
     * @param lead for how long the disruption is under way before it takes the server
     * @param inLongSteps how many points in a step that is long
     */
    static List<DisruptionPoint> of(
            List<Step> steps, List<StepSpan> spans, Duration lead, int inLongSteps, Random random) {
        List<DisruptionPoint> points = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            Step step = steps.get(i);
            Duration took = spans.get(i).took().minus(lead);
            switch (step) {
                case Step.SqlStatements sql -> {
                    if (i > 0) {
                        points.add(new Before(step));
                    }
                    if (took.compareTo(SHORTEST_TIMED) < 0) {
                        points.add(new BeforeStatement(
                                sql, random.nextInt(sql.statements().size())));
                    } else {
                        points.addAll(during(step, took, inLongSteps, random));
                    }
                }
                case Step.BackfillStep backfill -> {
                    if (i > 0) {
                        points.add(new Before(step));
                    }
                    if (took.compareTo(SHORTEST_TIMED) < 0) {
                        points.add(new BeforeFirstBatch(backfill));
                    } else {
                        points.addAll(during(step, took, inLongSteps, random));
                    }
                }
                // What it is at is its own affair, so there are moments and no statements.
                case Step.ToolStep tool -> {
                    if (i > 0) {
                        points.add(new Before(step));
                    }
                    points.addAll(during(step, took.isNegative() ? Duration.ZERO : took, inLongSteps, random));
                }
                // Nothing is done in them that a disruption could break: the next step feels it.
                case Step.DeployStep deploy -> {}
                case Step.PauseStep pause -> {}
                case Step.WaitStep wait -> {}
            }
        }
        points.add(new AfterAll());
        return points;
    }

    private static List<DisruptionPoint> during(Step step, Duration took, int inLongSteps, Random random) {
        List<DisruptionPoint> points = new ArrayList<>();
        int count = took.compareTo(LONG) < 0 ? 1 : inLongSteps;
        for (int n = 0; n < count; n++) {
            points.add(new During(step, Duration.ofNanos((long) (took.toNanos() * 0.9 * random.nextDouble()))));
        }
        return points;
    }
}
