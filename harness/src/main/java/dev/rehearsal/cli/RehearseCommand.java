package dev.rehearsal.cli;

import dev.rehearsal.rehearsal.Progress;
import dev.rehearsal.rehearsal.Rehearsal;
import dev.rehearsal.rehearsal.Restoration;
import dev.rehearsal.rehearsal.SimulationCheck;
import dev.rehearsal.report.Reports;
import dev.rehearsal.report.SweepReport;
import dev.rehearsal.report.Terminal;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.Secrets;
import dev.rehearsal.scenario.AddedMigrations;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import dev.rehearsal.scenario.ScenarioWriter;
import dev.rehearsal.scenario.StartingData;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness rehearse}: the main job. */
@Command(
        name = "rehearse",
        description =
                "Runs scenarios: clones the data, drives the traffic, applies the migration, judges what the traffic felt.",
        mixinStandardHelpOptions = true)
final class RehearseCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "SCENARIO", description = "Scenario files, rehearsed one after the other.")
    private List<Path> files;

    @Option(
            names = "--runtime",
            paramLabel = "RUNTIME",
            description = "auto, local, containers or external; replaces environment.runtime.")
    private @Nullable String runtime;

    @Option(
            names = "--scale",
            paramLabel = "FACTOR",
            description = "Multiplies every row count; replaces dataset.scale.")
    private @Nullable String scale;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Replaces a value, e.g. timeline.baseline=60s.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the run directory goes; default rehearsals/<name>/<UTC time>.")
    private @Nullable Path out;

    @Option(
            names = "--changed-since",
            paramLabel = "REF",
            description =
                    "Rehearses the migrations that the branch adds to what REF has, such as origin/main; the others are its baseline.")
    private @Nullable String changedSince;

    @Option(names = "--fail-fast", description = "Stops after the first scenario that does not pass.")
    private boolean failFast;

    @Option(names = "--no-drills", description = "Runs no drills, and judges no objective about one.")
    private boolean noDrills;

    @Option(
            names = "--sweep",
            paramLabel = "rate=…|scale=…",
            description =
                    "Runs the scenario at several rates or sizes, such as rate=0.5x,1x,2x or scale=0.5,1,2 (both: the grid), without"
                            + " drills, and tells what grows with what and up to which rate the objectives hold; for traffic that follows a day, in"
                            + " which hours.")
    private List<String> sweeps = new ArrayList<>();

    @Option(
            names = "--predict",
            paramLabel = "rows=N",
            description =
                    "With --sweep scale=…: the hold and the duration to expect at so many rows, such as rows=500_000_000.")
    private @Nullable String predict;

    @Option(names = "--quiet", description = "No progress on stderr.")
    private boolean quiet;

    @Option(names = "--json", description = "Prints result.json instead of the summary.")
    private boolean json;

    @Override
    public Integer call() throws Exception {
        // All of them are read before the first one starts: a typo in the third shall not cost an hour.
        SweepPlan plan = sweepPlan();
        List<Scenario> scenarios = load();
        if (!sweeps.isEmpty()) {
            return sweep(scenarios.getFirst(), plan).number;
        }
        ExitCode worst = ExitCode.PASSED;
        for (Scenario scenario : scenarios) {
            ExitCode code = rehearse(scenario, scenarios.size() > 1);
            worst = worse(worst, code);
            if (failFast && code != ExitCode.PASSED) {
                break;
            }
        }
        return worst.number;
    }

    private SweepPlan sweepPlan() {
        try {
            if (sweeps.isEmpty() && predict != null) {
                throw new IllegalArgumentException("--predict needs sizes to predict from: --sweep scale=0.5,1,2");
            }
            if (!sweeps.isEmpty() && files.size() > 1) {
                throw new IllegalArgumentException("--sweep takes one scenario, got " + files.size());
            }
            return SweepPlan.of(sweeps, predict);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    /** It explores: what its runs came to is told, and fails nothing. */
    private ExitCode sweep(Scenario read, SweepPlan plan)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        RunDirectory directory = directory(read.name() + "-sweep", false);
        PrintWriter err = spec.commandLine().getErr();
        try (Interrupt interrupt = Interrupt.ofThisThread();
                Progress progress = quiet ? new QuietProgress() : Terminals.progress(err)) {
            Restoration restoration = Restoration.of(read, overrides(), added(), progress);
            StartingData data = restoration.scenario().dataset();
            if (plan.scales().size() > 1 && !(data instanceof DatasetSpec)) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--sweep scale=…: " + data.name()
                                + (data instanceof RestoreSpec ? " is restored, and has" : " is there, and has")
                                + " the rows that it has; sweep the rate, or a dataset");
            }
            SweepRuns runs = new SweepRuns(
                    restoration.scenario(),
                    plan,
                    directory.path(),
                    (scenario, folder) -> rehearse(
                            scenario, restoration.buildSeconds(), RunDirectory.at(folder), progress, Reports::write),
                    err);
            tell(runs.run(), directory);
            return ExitCode.PASSED;
        }
    }

    private void tell(SweepReport report, RunDirectory directory) {
        PrintWriter told = spec.commandLine().getOut();
        if (json) {
            told.print(report.json());
        } else {
            told.print(report.forTerminal());
            told.println("\n  report   " + directory.path().resolve("sweep.html"));
        }
        told.flush();
    }

    private Map<String, String> overrides() {
        Map<String, String> all = new LinkedHashMap<>();
        if (runtime != null) {
            all.put("environment.runtime", runtime);
        }
        if (scale != null) {
            all.put("dataset.scale", scale);
        }
        all.putAll(overrides);
        return all;
    }

    private Optional<AddedMigrations> added() {
        return Optional.ofNullable(changedSince).map(BranchMigrations::new);
    }

    private List<Scenario> load() throws InvalidScenarioException, EnvironmentException {
        List<Scenario> scenarios = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        for (Path file : files) {
            try {
                Scenario scenario = ScenarioLoader.load(file, overrides(), Optional.empty(), added());
                SimulationCheck.refuse(scenario);
                scenarios.add(scenario);
            } catch (InvalidScenarioException invalid) {
                problems.addAll(invalid.problems());
            }
        }
        if (!problems.isEmpty()) {
            throw new InvalidScenarioException(problems);
        }
        return scenarios;
    }

    private ExitCode rehearse(Scenario read, boolean oneOfMany)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        PrintWriter err = spec.commandLine().getErr();
        try (Interrupt interrupt = Interrupt.ofThisThread();
                Progress progress = quiet ? new QuietProgress() : Terminals.progress(err)) {
            Restoration restoration = Restoration.of(read, overrides(), added(), progress);
            Scenario scenario = noDrills ? restoration.scenario().withoutDrills() : restoration.scenario();
            RunDirectory directory = directory(scenario.name(), oneOfMany);
            return ExitCode.of(rehearse(scenario, restoration.buildSeconds(), directory, progress, this::report)
                    .status());
        }
    }

    /** What is told of a run that has ended, while its clone is still being removed. */
    private interface Telling<T> {
        T of(RunDirectory directory) throws IOException;
    }

    private <T> T rehearse(
            Scenario scenario, double buildSeconds, RunDirectory directory, Progress progress, Telling<T> telling)
            throws InvalidScenarioException, EnvironmentException, InterruptedException, IOException {
        Files.writeString(directory.scenario(), Secrets.ofThisProcess().hiddenIn(ScenarioWriter.write(scenario)));
        PrintWriter err = spec.commandLine().getErr();
        try (Rehearsal rehearsal =
                new Rehearsal(scenario, buildSeconds, directory, HarnessVersion.current(), commandLine(), progress)) {
            try {
                rehearsal.run();
            } catch (InvalidScenarioException e) {
                directory.delete();
                throw e;
            } catch (InterruptedException e) {
                report(directory);
                err.println("harness: interrupted; what was seen until then: " + directory.reportHtml());
                throw e;
            }
            progress.close();
            return telling.of(directory);
        }
    }

    private RunDirectory directory(String name, boolean oneOfMany) throws EnvironmentException {
        return NewRuns.directory(out != null && oneOfMany ? out.resolve(name) : out, name);
    }

    private Verdict report(RunDirectory directory) throws IOException {
        Reports.Written written = Reports.write(directory);
        PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.print(Files.readString(directory.resultJson()));
        } else {
            out.print(Terminal.summary(written.run(), written.verdict(), directory, Terminals.colouredOutput()));
        }
        out.flush();
        GitHubActions.of(System.getenv())
                .tell(directory, written, spec.commandLine().getErr());
        return written.verdict();
    }

    /** As typed, without the launcher in front. */
    private List<String> commandLine() {
        List<String> words = new ArrayList<>(List.of("harness"));
        words.addAll(spec.commandLine().getParent().getParseResult().originalArgs());
        return words;
    }

    private static ExitCode worse(ExitCode one, ExitCode other) {
        if (one == ExitCode.FAILED || other == ExitCode.FAILED) {
            return ExitCode.FAILED;
        }
        return one == ExitCode.PASSED ? other : one;
    }
}
