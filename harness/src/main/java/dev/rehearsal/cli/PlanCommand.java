package dev.rehearsal.cli;

import dev.rehearsal.dataset.BuildProgress;
import dev.rehearsal.plan.Plan.Impossible;
import dev.rehearsal.plan.Plan.Phased;
import dev.rehearsal.plan.PlanText;
import dev.rehearsal.rehearsal.EndStates;
import dev.rehearsal.rehearsal.PlanMaking;
import dev.rehearsal.rehearsal.Progress;
import dev.rehearsal.rehearsal.Rehearsal;
import dev.rehearsal.report.Reports;
import dev.rehearsal.report.SideBySide;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import dev.rehearsal.scenario.ScenarioWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness plan}: a risky change in phases, as a scenario beside the one that was given. */
@Command(
        name = "plan",
        description =
                "Writes a one-statement change in phases (expand, backfill, constrain) as a new scenario beside the old one.",
        mixinStandardHelpOptions = true)
final class PlanCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SCENARIO", description = "The scenario of the change as one statement.")
    private Path file;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "Replaces a value in both, e.g. dataset.scale=0.1.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description = "Writes the plan as numbered SQL files and Flyway migrations too.")
    private @Nullable Path export;

    @Option(names = "--rehearse", description = "Rehearses both, one after the other, and prints them side by side.")
    private boolean rehearse;

    @Option(
            names = "--find-batch",
            description =
                    "Finds the largest batch of the plan's backfill with which the objectives hold, by rehearsing it again and again, and plans with it.")
    private boolean findBatch;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the run directories go; default rehearsals/<name>/<UTC time>.")
    private @Nullable Path out;

    @Option(names = "--force", description = "Writes over files that are there.")
    private boolean force;

    @Option(names = "--quiet", description = "No progress on stderr.")
    private boolean quiet;

    @Override
    public Integer call() throws Exception {
        Scenario scenario = ScenarioLoader.load(file, overrides);
        try (Interrupt interrupt = Interrupt.ofThisThread()) {
            PlanMaking made = PlanMaking.of(scenario, building());
            return switch (made.plan()) {
                case Impossible impossible -> {
                    PrintWriter err = spec.commandLine().getErr();
                    err.println("harness: no plan can be made: " + impossible.why());
                    err.println("         " + impossible.decide());
                    err.flush();
                    yield ExitCode.WRONG_INPUT.number;
                }
                case Phased phased -> write(scenario, phased, made);
            };
        }
    }

    private BuildProgress building() {
        PrintWriter err = spec.commandLine().getErr();
        return quiet ? BuildProgress.SILENT : new TableLines(err::println, false);
    }

    private int write(Scenario scenario, Phased plan, PlanMaking made)
            throws IOException, InvalidScenarioException, EnvironmentException, InterruptedException {
        Path planned = planned();
        requireFree(planned);
        String plannedName = plannedName(scenario);
        if (rehearse && out != null) {
            // Before anything is written, and minutes are spent on the first of them.
            NewRuns.directory(out.resolve(scenario.name()), scenario.name());
            NewRuns.directory(out.resolve(plannedName), plannedName);
        }
        Phased chosen = findBatch
                ? new BatchTrials(
                                scenario.dataset(),
                                planned,
                                overrides,
                                this::rehearse,
                                spec.commandLine().getOut())
                        .withLargest(plan, changed -> text(scenario, changed))
                : plan;
        Files.writeString(planned, text(scenario, chosen));
        tell(chosen, planned);
        Scenario other = ScenarioLoader.load(planned, overrides);
        return rehearse ? rehearseBoth(scenario, other, made, chosen) : ExitCode.PASSED.number;
    }

    private String text(Scenario scenario, Phased plan) throws IOException {
        Path folder = file.toAbsolutePath().normalize().getParent();
        return PlanText.scenario(
                Files.readString(file),
                plannedName(scenario),
                ScenarioWriter.writeBaseline(scenario.migration(), folder),
                plan);
    }

    /** Writes the runbook, and says what was planned. */
    private void tell(Phased plan, Path planned) throws IOException, EnvironmentException {
        if (export != null) {
            for (Map.Entry<String, String> part : PlanText.runbook(plan).entrySet()) {
                Path target = export.resolve(part.getKey());
                Files.createDirectories(target.toAbsolutePath().getParent());
                requireFree(target);
                Files.writeString(target, part.getValue());
            }
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(planned + ": " + plan.steps().size() + " steps, "
                + plan.rollback().size() + " back");
        plan.steps().forEach(step -> out.println("  " + step.name() + ": " + step.why()));
        plan.otherEnd().ifPresent(end -> out.println("  another end: " + end));
        plan.notes().forEach(note -> out.println("  to know: " + note));
        if (export != null) {
            out.println("runbook: " + export);
        }
        out.flush();
    }

    private static String plannedName(Scenario scenario) {
        return scenario.name() + "-planned";
    }

    private Path planned() {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        return file.resolveSibling(
                dot < 0 ? name + "-planned" : name.substring(0, dot) + "-planned" + name.substring(dot));
    }

    private void requireFree(Path target) throws EnvironmentException {
        if (Files.exists(target) && !force) {
            throw new EnvironmentException(
                    target + " is there already", "Give --force to write over it, or move it away.");
        }
    }

    private int rehearseBoth(Scenario scenario, Scenario planned, PlanMaking made, Phased plan)
            throws IOException, InvalidScenarioException, EnvironmentException, InterruptedException {
        Reports.Written before = rehearse(scenario.name(), scenario);
        Reports.Written after = rehearse(planned.name(), planned);
        EndStates ends = EndStates.compare(scenario, planned, made.notRepeatable(), building());
        PrintWriter out = spec.commandLine().getOut();
        out.print(SideBySide.of("as it is", before.run(), before.verdict(), "in phases", after.run(), after.verdict()));
        out.println("  end           " + end(ends, made, plan));
        ends.schema().forEach(difference -> out.println("    schema      " + difference));
        ends.data().forEach(difference -> out.println("    data        " + difference));
        out.flush();
        ExitCode code = ExitCode.of(after.verdict().status());
        return (code == ExitCode.PASSED && !ends.same() ? ExitCode.FAILED : code).number;
    }

    /** Where they end. Another end stays another end, also where the plan had to say so: whether it will do is for a person to decide. */
    private static String end(EndStates ends, PlanMaking made, Phased plan) {
        String schema = !ends.schema().isEmpty()
                ? plan.otherEnd().isPresent() ? "another schema, as the plan says" : "the schemas differ"
                : ends.columnOrder() ? "the same schema, but for the order of columns" : "the same schema";
        String data = ends.data().isEmpty() ? "the same data" : "the data differ";
        return schema + ", " + data
                + (made.notRepeatable().isEmpty()
                        ? ""
                        : " (of " + String.join(", ", made.notRepeatable())
                                + " the number of values: each is computed anew)");
    }

    /** @param name of the run's directory */
    private Reports.Written rehearse(String name, Scenario scenario)
            throws IOException, InvalidScenarioException, EnvironmentException, InterruptedException {
        RunDirectory directory = NewRuns.directory(out == null ? null : out.resolve(name), name);
        Files.writeString(directory.scenario(), ScenarioWriter.write(scenario));
        PrintWriter err = spec.commandLine().getErr();
        try (Progress progress = quiet ? new QuietProgress() : Terminals.progress(err);
                Rehearsal rehearsal = new Rehearsal(
                        scenario,
                        directory,
                        HarnessVersion.current(),
                        List.of("harness", "rehearse", scenario.file().toString()),
                        progress)) {
            rehearsal.run();
            return Reports.write(directory);
        }
    }
}
