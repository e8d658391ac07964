package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.LedgerEntries;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent.LoadEnded;
import dev.rehearsal.run.RunEvent.RunStarted;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StageSpan;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Verdict.Status;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One real rehearsal of a migration that changes nothing, whose long baseline is cut into segments: each two of them are a baseline and a
 * migration that differ by chance alone. They are judged as any run is, by what its instruments saw of them too; requests last some
 * ten milliseconds, because where they last one, the generator's lag is too much for a limit that allows nothing.
 */
@Timeout(300)
@Tag("proof")
class RegressionOfNothingTest {
    private static final int SEGMENTS = 8;
    private static final long SEGMENT_NANOS = 10_000_000_000L;
    private static final String SCENARIO = """
            name: nothing
            dataset: { use: SHOP, scale: 0.02 }
            workload:
              services:
                - name: reader
                  rate: 60/s
                  pool: { size: 10 }
                  operations:
                    - name: read
                      parameters: { id: { references: orders.id } }
                      transaction: select status, pg_sleep(0.03 + 0.03 * random()) from orders where id = :id
            migration:
              steps:
                - { name: nothing, sql: select 1 }
            timeline: { warmup: 8s, baseline: 81s, migration: 1s, settle: 1s }
            drills: []
            objectives:
              - { latency: { operation: read, percentile: 50, during: migration, regression: FACTOR } }
              - { latency: { operation: read, percentile: 90, during: migration, regression: FACTOR } }
            """;

    @TempDir
    private Path directory;

    @Test
    void segmentsOfOneRunDoNotFailAndHalfAsSlowAgainDoesNotPass() throws Exception {
        RunRecord run = run();

        Map<Status, Integer> nothing = ended(run, 1.0, 1.5);
        Map<Status, Integer> nothingAllowed = ended(run, 1.0, 1.0);
        Map<Status, Integer> slower = ended(run, 1.5, 1.0);
        String told = "changes nothing, half allowed: " + nothing + "; changes nothing, nothing allowed: "
                + nothingAllowed + "; half as slow again, nothing allowed: " + slower;

        int all = nothing.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(all).isEqualTo(SEGMENTS * (SEGMENTS - 1));
        assertThat(nothing.getOrDefault(Status.FAILED, 0)).as(told).isLessThanOrEqualTo(all / 20);
        assertThat(slower.getOrDefault(Status.PASSED, 0)).as(told).isLessThanOrEqualTo(all / 20);
        assertThat(slower.getOrDefault(Status.FAILED, 0))
                .as(told)
                .isGreaterThan(nothingAllowed.getOrDefault(Status.FAILED, 0));
    }

    private RunRecord run() throws Exception {
        Path scenario = Files.writeString(
                directory.resolve("scenario.yaml"),
                SCENARIO.replace(
                                "SHOP",
                                HarnessRun.ROOT.resolve("datasets/catalog/shop").toString())
                        .replace("FACTOR", "3x"));
        Path out = directory.resolve("run");
        HarnessRun run = HarnessRun.of("rehearse", scenario.toString(), "--out", out.toString(), "--runtime", "local");
        assertThat(Files.exists(out.resolve("result.json"))).as(run.told()).isTrue();
        return RunRecord.read(RunDirectory.existing(out));
    }

    /** Of all objectives of all pairs of segments. */
    private static Map<Status, Integer> ended(RunRecord run, double slower, double factor) {
        Map<Status, Integer> ended = new EnumMap<>(Status.class);
        long start = run.stage(Stage.BASELINE).orElseThrow().startNanos();
        for (int i = 0; i < SEGMENTS; i++) {
            for (int j = i + 1; j < SEGMENTS; j++) {
                StageSpan baseline = segment(Stage.BASELINE, start, i);
                StageSpan migration = segment(Stage.MIGRATION, start, j);
                for (Finding finding : Judge.judge(pair(run, baseline, migration, slower, factor))
                        .findings()) {
                    ended.merge(finding.status(), 1, Integer::sum);
                }
            }
        }
        return ended;
    }

    private static StageSpan segment(Stage stage, long startNanos, int index) {
        return new StageSpan(stage, startNanos + index * SEGMENT_NANOS, startNanos + (index + 1) * SEGMENT_NANOS, true);
    }

    private static RunRecord pair(
            RunRecord run, StageSpan baseline, StageSpan migration, double slower, double factor) {
        List<RequestRecord> requests = new ArrayList<>();
        run.requests().forEach(request -> {
            if (baseline.contains(request.t0Nanos())) {
                requests.add(request);
            } else if (migration.contains(request.t0Nanos())) {
                requests.add(slowed(request, slower));
            }
        });
        return new RunRecord(
                started(run.started(), factor),
                run.environment(),
                run.dataset(),
                List.of(baseline, migration),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                run.lockWaits(),
                run.samples(),
                List.of(),
                List.of(),
                List.of(),
                run.pauses(),
                Optional.empty(),
                run.troubles(),
                run.limitations(),
                List.of(),
                run.injectors(),
                Optional.of(new LoadEnded(run.load().orElseThrow().atNanos(), requests.size(), requests.size())),
                run.end(),
                run.lastSeenNanos(),
                Requests.of(run.requests().operations(), requests),
                List.of(),
                LedgerEntries.of(List.of()),
                List.of());
    }

    private static RequestRecord slowed(RequestRecord request, double times) {
        return new RequestRecord(
                request.operation(),
                request.outcome(),
                request.failedStatement(),
                request.backendPid(),
                request.t0Nanos(),
                request.t1Nanos(),
                request.t2Nanos(),
                request.t0Nanos() + Math.round(request.responseNanos() * times),
                request.sqlState(),
                request.attempts());
    }

    private static RunStarted started(RunStarted started, double factor) {
        return new RunStarted(
                started.atNanos(),
                started.wallClock(),
                started.harnessVersion(),
                started.scenario(),
                started.description(),
                started.scenarioFile(),
                started.seed(),
                started.arrivals(),
                started.services(),
                started.objectives().stream()
                        .map(objective -> allowing(objective, factor))
                        .toList(),
                started.command());
    }

    private static Objective allowing(Objective objective, double factor) {
        return objective instanceof Objective.Latency latency
                ? new Objective.Latency(
                        latency.location(),
                        latency.service(),
                        latency.operation(),
                        latency.percentile(),
                        latency.during(),
                        Optional.empty(),
                        Optional.of(factor))
                : objective;
    }
}
