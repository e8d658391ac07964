package dev.rehearsal.compare;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RequestRecord.Outcome;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Judge;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.distribution.GaussianSampler;
import org.apache.commons.rng.sampling.distribution.SharedStateContinuousSampler;
import org.apache.commons.rng.sampling.distribution.ZigguratSampler;
import org.apache.commons.rng.simple.RandomSource;

/**
 * Made-up runs whose truth is known: 30 s of baseline and 30 s of migration at 50 requests a second, with a heavy tail, and seconds that are slow together. What
 * a run does to its requests is said in factors.
 */
public record ComparedRun(
        long seed,
        String scenario,
        double machine,
        double migration,
        double heldMillis,
        String fingerprint,
        double rate) {
    public static final ComparedRun PLAIN = new ComparedRun(1, "plain", 1, 1, 3, "5b1f0c86a5b24d0f", 50);

    private static final int PER_SECOND = 50;
    private static final SourceLocation PLACE = new SourceLocation("scenario.yaml", 12, 5);
    private static final List<OperationKey> OPERATIONS =
            List.of(new OperationKey("checkout", "read-order", "v1", false));

    public ComparedRun seeded(long other) {
        return new ComparedRun(other, scenario, machine, migration, heldMillis, fingerprint, rate);
    }

    public ComparedRun named(String other) {
        return new ComparedRun(seed, other, machine, migration, heldMillis, fingerprint, rate);
    }

    /** All of its requests, before the migration too. */
    public ComparedRun onAMachine(double timesSlower) {
        return new ComparedRun(seed, scenario, timesSlower, migration, heldMillis, fingerprint, rate);
    }

    public ComparedRun migrating(double timesSlower, double held) {
        return new ComparedRun(seed, scenario, machine, timesSlower, held, fingerprint, rate);
    }

    public ComparedRun over(String otherDataset) {
        return new ComparedRun(seed, scenario, machine, migration, heldMillis, otherDataset, rate);
    }

    public ComparedRun atRate(double other) {
        return new ComparedRun(seed, scenario, machine, migration, heldMillis, fingerprint, other);
    }

    Side.Found found() {
        RunRecord record = record();
        return new Side.Found(
                new RunDirectory(Path.of("rehearsals", scenario, String.valueOf(seed))), record, Judge.judge(record));
    }

    public static Comparison comparison(ComparedRun... runs) {
        return Comparison.of(
                Side.named(List.of(runs).stream().map(ComparedRun::found).toList()));
    }

    RunRecord record() {
        return RunRecord.of(events(), Requests.of(OPERATIONS, requests()));
    }

    private List<RequestRecord> requests() {
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(seed);
        SharedStateContinuousSampler normal = GaussianSampler.of(ZigguratSampler.NormalizedGaussian.of(random), 0, 1);
        List<RequestRecord> requests = new ArrayList<>();
        double level = 0;
        for (int second = 10; second < 70; second++) {
            level = 0.5 * level + 0.1 * normal.sample();
            for (int i = 0; i < PER_SECOND; i++) {
                double tail = random.nextDouble() < 0.005 ? 5 : 1;
                double millis =
                        5 * Math.exp(level + 0.6 * normal.sample()) * tail * machine * (second < 40 ? 1 : migration);
                long t0 = nanos(1000.0 * second + 1000.0 * i / PER_SECOND);
                requests.add(new RequestRecord(
                        0, Outcome.SUCCEEDED, -1, 100 + i, t0, t0 + 1000, t0 + 2000, t0 + nanos(millis), ""));
            }
        }
        requests.sort(Comparator.comparingLong(RequestRecord::t3Nanos));
        return requests;
    }

    private static long nanos(double millis) {
        return Math.round(millis * 1e6);
    }

    private List<RunEvent> events() {
        List<RunEvent> events = new ArrayList<>(List.of(
                new RunEvent.RunStarted(
                        0,
                        Instant.parse("2026-11-22T10:15:02Z").plusSeconds(60 * seed),
                        "0.1.0",
                        scenario,
                        "",
                        "scenario.yaml",
                        42,
                        "poisson",
                        List.of(new RunEvent.ServicePlan(
                                "checkout",
                                rate,
                                10,
                                nanos(2000),
                                OptionalLong.empty(),
                                List.of(new RunEvent.OperationPlan("read-order", rate, false)))),
                        List.of(new Objective.LockHold(
                                PLACE, Optional.of("AccessExclusive"), Optional.empty(), Duration.ofMillis(100))),
                        List.of("harness", "rehearse", "scenario.yaml")),
                new RunEvent.EnvironmentReady(
                        1,
                        "postgresql",
                        "18.6",
                        "local",
                        "asked for",
                        "built-in proxy",
                        0,
                        Map.of(),
                        1,
                        new RunEvent.HostFacts(2, 8_000_000_000L, "Linux", "25"),
                        Optional.empty()),
                new RunEvent.DatasetReady(
                        2, "shop", fingerprint, Map.of("orders", 1_000_000L), 812_000_000L, 0, 0.3, "reflink")));
        stage(events, Stage.BASELINE, 10, 40);
        stage(events, Stage.MIGRATION, 40, 70);
        long sent = nanos(41_000);
        long ended = sent + nanos(heldMillis);
        events.add(new RunEvent.StepStarted(sent, 0, "change", "sql", Phase.MIGRATION, PLACE));
        events.add(new RunEvent.StatementObserved(
                ended,
                0,
                0,
                1,
                "alter table orders add column a int",
                PLACE,
                Status.SUCCEEDED,
                Optional.empty(),
                Optional.empty(),
                700,
                sent,
                ended,
                ended,
                ended,
                0,
                List.of(),
                List.of(),
                OptionalLong.empty(),
                List.of(new LockHeld("orders", "AccessExclusive", 0, sent, nanos(heldMillis), nanos(0.5), false))));
        events.add(new RunEvent.StepEnded(ended, 0, Status.SUCCEEDED, 1));
        events.add(new RunEvent.LoadEnded(nanos(70_500), 60L * PER_SECOND, 60L * PER_SECOND));
        events.add(new RunEvent.RunEnded(nanos(71_000), RunEvent.Outcome.COMPLETED, ""));
        events.sort(Comparator.comparingLong(RunEvent::atNanos));
        return events;
    }

    private static void stage(List<RunEvent> events, Stage stage, int from, int to) {
        events.add(new RunEvent.StageStarted(nanos(1000.0 * from), stage));
        events.add(new RunEvent.StageEnded(nanos(1000.0 * to), stage));
    }
}
