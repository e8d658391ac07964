package dev.rehearsal.cli;

import dev.rehearsal.compare.Sweep;
import dev.rehearsal.plan.BatchedWork;
import dev.rehearsal.plan.Plan.Phased;
import dev.rehearsal.report.Reports;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import dev.rehearsal.scenario.StartingData;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Quantities;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;

/**
 * Rehearses a plan with batches of one size after another, and tells what each came to:
 *
 * <pre>
 *   batch of        verdict        migration  requests p99
 *   1,250           passed            14.0 s         27 ms
 * </pre>
 *
 * Each is read from a file beside the one that the plan will be in, so that what it names is found; that file is gone afterwards. Without drills, which say
 * nothing about sizes.
 */
final class BatchTrials {
    private static final int MOST_ROWS = 1_000_000;

    private final StartingData data;
    private final Path trying;
    private final Map<String, String> overrides;
    private final Rehearsing rehearsing;
    private final PrintWriter out;

    /** Rehearses into a directory of that name. */
    interface Rehearsing {
        Reports.Written rehearse(String name, Scenario scenario)
                throws IOException, InvalidScenarioException, EnvironmentException, InterruptedException;
    }

    /** The scenario's text with a plan. */
    interface Text {
        String with(Phased plan) throws IOException;
    }

    /**
     * @param data that is rehearsed on
     * @param planned where the plan will be written
     */
    BatchTrials(
            StartingData data, Path planned, Map<String, String> overrides, Rehearsing rehearsing, PrintWriter out) {
        this.data = data;
        this.trying = planned.resolveSibling(planned.getFileName() + ".trying");
        this.overrides = overrides;
        this.rehearsing = rehearsing;
        this.out = out;
    }

    /** The plan with the largest batch that was found, or as it is. */
    Phased withLargest(Phased plan, Text text)
            throws IOException, InvalidScenarioException, EnvironmentException, InterruptedException {
        Optional<String> table = plan.batchedTable();
        if (table.isEmpty()) {
            out.println("no batches: the plan changes no rows");
            return plan;
        }
        try {
            out.println("  batch of        verdict        migration  requests p99");
            BatchSearch search = new BatchSearch(size -> trial(size, text.with(plan.inBatchesOf(size))));
            search.run(BatchedWork.ROWS, rows(table.get()));
            OptionalInt largest = search.largest();
            out.println(told(search));
            return largest.isPresent() ? plan.inBatchesOf(largest.getAsInt()) : plan;
        } finally {
            Files.deleteIfExists(trying);
            out.flush();
        }
    }

    /** A batch of more rows than the table has is no other. */
    private int rows(String table) {
        return data instanceof DatasetSpec made ? Math.clamp(made.rows(table), 1, MOST_ROWS) : MOST_ROWS;
    }

    private Verdict.Status trial(int size, String text)
            throws IOException, InvalidScenarioException, EnvironmentException, InterruptedException {
        Files.writeString(trying, text);
        Scenario scenario =
                ScenarioLoader.load(trying, overrides).withoutDrills().withOneDatabase();
        String name = scenario.name() + "-batch-" + size;
        Reports.Written written = rehearsing.rehearse(name, scenario);
        Verdict verdict = written.verdict();
        Sweep.Point point = Sweep.Point.of(1, 1, name, written.run(), verdict);
        out.println(String.format(
                Locale.ROOT,
                "  %-14s  %-12s  %10s  %12s",
                Quantities.count(size),
                verdict.status().word(),
                point.migrationNanos().map(Quantities::duration).orElse("-"),
                point.p99Nanos().map(Quantities::duration).orElse("-")));
        Stream<String> findings = verdict.findings().stream()
                .filter(finding -> finding.status() != Verdict.Status.PASSED)
                .map(Finding::message);
        Stream.concat(verdict.validity().reasons().stream(), findings)
                .findFirst()
                .ifPresent(why -> out.println("    " + why));
        out.flush();
        return verdict.status();
    }

    private static String told(BatchSearch search) {
        OptionalInt largest = search.largest();
        if (largest.isEmpty()) {
            return "no size was found with which the objectives hold; planned with "
                    + Quantities.count(BatchedWork.ROWS) + " rows";
        }
        return "largest batch with which the objectives hold: " + Quantities.count(largest.getAsInt()) + " rows"
                + search.limit()
                        .map(limit -> "; with " + Quantities.count(limit.rows())
                                + (limit.status() == Verdict.Status.FAILED
                                        ? " they do not"
                                        : " it could not be judged, which an idle machine may change"))
                        .orElse(", as many as the table has, or the most that is tried");
    }
}
