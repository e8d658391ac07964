package dev.rehearsal.cli;

import dev.rehearsal.compare.SafeHours;
import dev.rehearsal.compare.Sweep;
import dev.rehearsal.report.Reports;
import dev.rehearsal.report.SweepReport;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Rate;
import dev.rehearsal.scenario.Scenario;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * One scenario over a grid, without drills: sizes at every rate, then the highest rate that holds by bisection. Each run has a directory of its own below the
 * sweep's, {@code rate-1x-scale-0.5}; {@code sweep.json} and {@code sweep.html} are written after every run, so that what was seen is kept whatever comes.
 */
final class SweepRuns {
    /** Halves the distance between a rate that holds and one that does not, each time (in logarithms). */
    private static final int BISECTIONS = 3;

    /** Rehearses one scenario into a directory that is not there yet. */
    interface Rehearsing {
        Reports.Written rehearse(Scenario scenario, Path directory)
                throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException;
    }

    private final Scenario scenario;
    private final SweepPlan plan;
    private final Path folder;
    private final Rehearsing rehearsing;
    private final PrintWriter err;
    private final boolean followsDay;
    private final List<Sweep.Point> points = new ArrayList<>();

    SweepRuns(Scenario scenario, SweepPlan plan, Path folder, Rehearsing rehearsing, PrintWriter err) {
        this.scenario = scenario.withoutDrills().withOneDatabase();
        this.followsDay =
                scenario.workload().services().stream().anyMatch(service -> service.rate() instanceof Rate.Day);
        this.plan = plan;
        this.folder = folder;
        this.rehearsing = rehearsing;
        this.err = err;
    }

    SweepReport run() throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        for (double scale : plan.scales()) {
            for (double rate : plan.rates()) {
                point(rate, scale);
            }
        }
        if (plan.rates().size() > 1) {
            // The largest size is what the limit matters for; several sizes have limits of their own.
            double scale = plan.scales().getLast();
            for (int i = 0; i < BISECTIONS; i++) {
                OptionalDouble next = ofScale(scale).bisected();
                if (next.isEmpty()) {
                    break;
                }
                point(Math.round(next.getAsDouble() * 1000) / 1000.0, scale);
            }
        }
        return report();
    }

    private Sweep ofScale(double scale) {
        return new Sweep(
                scenario.name(),
                points.stream().filter(point -> point.scale() == scale).toList());
    }

    private void point(double rate, double scale)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        String name = String.format(Locale.ROOT, "rate-%sx-scale-%s", plain(rate), plain(scale));
        err.println("sweep: " + plain(rate) + " times the rate, " + plain(scale) + " times the rows");
        err.flush();
        // A rate that changed while the migration ran would not be the one that holds or not.
        Scenario asked =
                plan.rates().size() > 1 && followsDay ? scenario.timesOfPeak(rate, scale) : scenario.times(rate, scale);
        Reports.Written written = rehearsing.rehearse(asked, folder.resolve(name));
        points.add(Sweep.Point.of(rate, scale, name, written.run(), written.verdict()));
        SweepReport report = report();
        Files.writeString(folder.resolve("sweep.json"), report.json());
        Files.writeString(folder.resolve("sweep.html"), report.html());
    }

    private SweepReport report() {
        Sweep sweep = new Sweep(scenario.name(), points);
        return new SweepReport(sweep, plan.predictedRows(), SafeHours.of(sweep, scenario.workload()));
    }

    private static String plain(double factor) {
        return factor == Math.rint(factor) ? String.valueOf((long) factor) : String.valueOf(factor);
    }
}
