package dev.rehearsal.rehearsal;

import dev.rehearsal.dataset.Writeback;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.ProxiedEndpoint;
import dev.rehearsal.environment.RunningRegistry;
import dev.rehearsal.environment.Server;
import dev.rehearsal.environment.ServerDisk;
import dev.rehearsal.fault.FaultInjector;
import dev.rehearsal.load.LiveView;
import dev.rehearsal.load.Load;
import dev.rehearsal.load.LoadSpec;
import dev.rehearsal.measure.Instruments;
import dev.rehearsal.measure.SchemaFingerprint;
import dev.rehearsal.migration.BaselineRun;
import dev.rehearsal.migration.MigrationOutcome;
import dev.rehearsal.migration.MigrationRunner;
import dev.rehearsal.migration.StepListener;
import dev.rehearsal.migration.ToolBooks;
import dev.rehearsal.run.ApplicationNames;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.PoolerSpec;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One database of the timeline: its server with a fault proxy in front, its instruments and its load, and where what they see is kept. A rehearsal of one
 * database has one of these; of several each is as if it were alone, but for the stages, which all of them share.
 *
 * <p>For one thread at a time, but that the migration's thread asks for the baseline's response.
 */
final class Lane implements AutoCloseable {
    private final int number;
    private final Scenario scenario;
    private final RunDirectory directory;
    private final RunClock clock;
    private final RightNow journal;
    private final Grounds.Plot plot;
    private final Environment environment;
    private final Instruments instruments;
    private final PoolerInstrument pooler;
    private final FaultInjector faults;
    private final Load load;
    private final List<Double> baselineP50s = new ArrayList<>();
    private final List<Double> baselineP99s = new ArrayList<>();
    private double baselineP50Millis = Double.NaN;
    private volatile double baselineP99Millis = Double.NaN;
    private Optional<SchemaFingerprint> before = Optional.empty();
    private volatile Optional<MigrationOutcome> migrated = Optional.empty();
    private Optional<Writeback> writeback = Optional.empty();
    private Optional<FrontServices> services = Optional.empty();

    private Lane(
            int number,
            Scenario scenario,
            RunDirectory directory,
            RunClock clock,
            RightNow journal,
            Grounds.Plot plot,
            Environment environment,
            Instruments instruments,
            PoolerInstrument pooler,
            FaultInjector faults,
            Load load) {
        this.number = number;
        this.scenario = scenario;
        this.directory = directory;
        this.clock = clock;
        this.journal = journal;
        this.plot = plot;
        this.environment = environment;
        this.instruments = instruments;
        this.pooler = pooler;
        this.faults = faults;
        this.load = load;
    }

    /**
     * Starts the server and arms the instruments; when one of them cannot be had, what was started is closed, and {@code plot} too.
     *
     * @param number from 1
     * @param directory where requests, ledger and output of commands are kept
     * @param load that was launched for it, and goes with it
     */
    static Lane started(
            int number,
            Scenario scenario,
            RunDirectory directory,
            RunClock clock,
            RightNow journal,
            Grounds.Plot plot,
            Load load)
            throws EnvironmentException {
        boolean complete = false;
        try {
            Environment environment = plot.start();
            try {
                Instruments instruments = instruments(environment, clock, journal);
                try {
                    PoolerInstrument pooler = PoolerInstrument.of(scenario, environment, clock, journal);
                    FaultInjector faults =
                            faults(number, scenario, environment, instruments, plot.disk(), clock, journal);
                    complete = true;
                    return new Lane(
                            number,
                            scenario,
                            directory,
                            clock,
                            journal,
                            plot,
                            environment,
                            instruments,
                            pooler,
                            faults,
                            load);
                } finally {
                    if (!complete) {
                        instruments.close();
                    }
                }
            } finally {
                if (!complete) {
                    environment.close();
                }
            }
        } finally {
            if (!complete) {
                plot.close();
            }
        }
    }

    private static Instruments instruments(Environment environment, RunClock clock, RightNow journal)
            throws EnvironmentException {
        Server primary = environment.primary();
        Map<String, String> replicas = new LinkedHashMap<>();
        environment
                .replicas()
                .forEach((name, replica) -> replicas.put(name, replica.jdbcUrl(ApplicationNames.OBSERVER)));
        return Instruments.armed(
                primary.jdbcUrl(ApplicationNames.OBSERVER),
                primary.log(),
                primary.processId(),
                replicas,
                clock,
                journal);
    }

    private static FaultInjector faults(
            int number,
            Scenario scenario,
            Environment environment,
            Instruments instruments,
            ServerDisk disk,
            RunClock clock,
            RightNow journal) {
        return new FaultInjector(
                scenario.faultsOf(number),
                environment.faultApi(),
                new ServerPower(environment, instruments, disk),
                () -> environment.primary().jdbcUrl(ApplicationNames.BLOCKER),
                () -> environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                clock,
                journal);
    }

    int number() {
        return number;
    }

    Environment environment() {
        return environment;
    }

    Instruments instruments() {
        return instruments;
    }

    /** What befalls this database. */
    FaultInjector faults() {
        return faults;
    }

    Load load() {
        return load;
    }

    RightNow journal() {
        return journal;
    }

    /** Brings the data to where the rehearsal begins, and looks whether the workload fits them. */
    void prepare(Progress progress) throws InvalidScenarioException, EnvironmentException, InterruptedException {
        journal.record(environment.facts(clock));
        List<Step> baseline = scenario.migration().baseline();
        if (!baseline.isEmpty()) {
            progress.preparing(
                    baseline.size() == 1
                            ? "applying the migration that is the baseline"
                            : "applying " + baseline.size() + " migrations that are the baseline");
            BaselineRun.apply(baseline, environment.primary().jdbcUrl(ApplicationNames.OBSERVER));
        }
        OperationProblems.refuse(scenario, environment.primary().jdbcUrl(ApplicationNames.OBSERVER));
        before = Optional.of(instruments.schema());
        if (scenario.workload().keepsLedger()) {
            instruments.keepLedger(directory.ledger());
        }
    }

    /** From here on there is traffic. */
    void beginLoad(RunningRegistry registry, Progress progress) throws EnvironmentException, InterruptedException {
        FrontServices started =
                FrontServices.started(scenario, environment, directory.outputs(), registry, progress, clock, journal);
        services = Optional.of(started);
        writeback = Optional.of(plot.writeback());
        instruments.watchGenerator(load.processIds());
        load.begin(loadSpec(started), clock, directory.requests(), journal);
    }

    /** Why there can be no more traffic, a sentence; empty while there can. */
    Optional<String> lostService() {
        return services.flatMap(FrontServices::failure);
    }

    /** Stops the arrivals and waits until every request that arrived before has finished. */
    void stopAndDrain(Duration limit) throws EnvironmentException, InterruptedException {
        load.stopAndDrain(limit);
        if (services.isPresent()) {
            services.get().checkNames(environment.primary().jdbcUrl(ApplicationNames.OBSERVER), clock, journal);
        }
    }

    /** Waits until the disk has all of the clone. */
    void awaitWriteback() throws EnvironmentException, InterruptedException {
        if (writeback.isPresent()) {
            writeback.get().await();
        }
    }

    /** The load names its sessions itself, by service. */
    private LoadSpec loadSpec(FrontServices started) {
        return new LoadSpec(
                started.reached(scenario.workload().deployedBy(scenario.migration())),
                scenario.seed(),
                environment.application().jdbcUrl(),
                environment.reads().stream().map(ProxiedEndpoint::jdbcUrl).toList(),
                environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                environment.pooler().isPresent());
    }

    /** Runs steps under the load, up to the first that fails; of the way back those alone that have something to take back. */
    MigrationOutcome run(Phase phase, List<Step> steps, int firstStepIndex, StepListener listener) {
        Set<String> leftOut = phase == Phase.ROLLBACK ? nothingToTakeBack() : Set.of();
        MigrationOutcome outcome = new MigrationRunner(
                        environment.migration().jdbcUrl(ApplicationNames.MIGRATION),
                        () -> environment.primary().jdbcUrl(ApplicationNames.OBSERVER),
                        instruments.witness(),
                        clock,
                        journal,
                        listener,
                        new LoadedSurroundings(instruments, load, this::baselineP99, directory.outputs()),
                        scenario.seed(),
                        scenario.environment()
                                .pooler()
                                .filter(PoolerSpec::sharesMigration)
                                .isPresent())
                .run(phase, steps, leftOut, scenario.migration().timeLimit(), firstStepIndex);
        if (phase == Phase.MIGRATION) {
            migrated = Optional.of(outcome);
        }
        return outcome;
    }

    private Set<String> nothingToTakeBack() {
        Set<String> leftOut = migrated.map(outcome -> outcome.nothingToTakeBack(scenario.migration()))
                .orElse(Set.of());
        if (!leftOut.isEmpty()) {
            journal.record(new RunEvent.Noted(
                    clock.nowNanos(),
                    "The migration ended early, so the rollback leaves out what undoes migrations that were not applied: "
                            + scenario.migration().rollback().stream()
                                    .map(Step::name)
                                    .filter(leftOut::contains)
                                    .collect(Collectors.joining(", "))
                            + ". Whether "
                            + (leftOut.size() == 1 ? "it works" : "they work")
                            + " was not tried."));
        }
        return leftOut;
    }

    /** Of one moment of the baseline. */
    void noteBaseline(LiveView live) {
        if (live.finishedPerSecond() > 0) {
            baselineP50s.add(live.p50Nanos() / 1e6);
            baselineP99s.add(live.p99Nanos() / 1e6);
        }
    }

    void endBaseline() {
        baselineP50Millis = median(baselineP50s);
        baselineP99Millis = median(baselineP99s);
    }

    /** NaN before the baseline's end, or when nothing finished in it; likewise {@link #baselineP99Millis}. */
    double baselineP50Millis() {
        return baselineP50Millis;
    }

    double baselineP99Millis() {
        return baselineP99Millis;
    }

    private Optional<Duration> baselineP99() {
        double millis = baselineP99Millis;
        return Double.isNaN(millis) ? Optional.empty() : Optional.of(Duration.ofNanos((long) (millis * 1e6)));
    }

    /** NaN of none. */
    private static double median(List<Double> values) {
        return values.isEmpty() ? Double.NaN : values.stream().sorted().toList().get(values.size() / 2);
    }

    /** Ends the load and what it talks to, whatever state they are in, and what befalls them, and tells what has gone wrong with the servers. */
    void endLoad() throws EnvironmentException {
        try {
            writeback.ifPresent(Writeback::close);
            load.close();
            if (services.isPresent()) {
                services.get().close();
            }
        } finally {
            faults.close();
            environment
                    .troubles()
                    .forEach(trouble ->
                            journal.record(new RunEvent.InstrumentTrouble(clock.nowNanos(), "environment", trouble)));
        }
    }

    /** The last observations, when the load has drained. */
    void finish() throws EnvironmentException, InterruptedException {
        pooler.findRemains();
        instruments.readLedger();
        instruments.drain();
        if (!scenario.migration().rollback().isEmpty()) {
            Set<String> books = ToolBooks.of(scenario.migration());
            journal.record(RunFacts.compared(
                    before.orElseThrow().without(books), instruments.schema().without(books), clock));
        }
    }

    @Override
    public void close() throws EnvironmentException {
        try {
            faults.close();
            pooler.close();
            instruments.close();
        } finally {
            try {
                environment.close();
            } finally {
                plot.close();
            }
        }
    }
}
