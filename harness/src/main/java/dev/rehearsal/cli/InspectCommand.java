package dev.rehearsal.cli;

import dev.rehearsal.inspect.Inspection;
import dev.rehearsal.inspect.InspectionJson;
import dev.rehearsal.inspect.InspectionText;
import dev.rehearsal.rehearsal.StaticView;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness inspect}: what a migration touches, and which hazards it has, without load. */
@Command(
        name = "inspect",
        description = "Says what a migration touches and which hazards each statement has; no load, nothing is judged.",
        mixinStandardHelpOptions = true)
final class InspectCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SCENARIO", description = "A scenario file.")
    private Path file;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Replaces a value, e.g. dataset.scale=0.1.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Option(names = "--json", description = "Prints JSON.")
    private boolean json;

    @Override
    public Integer call() throws InvalidScenarioException, EnvironmentException, InterruptedException {
        Scenario scenario = ScenarioLoader.load(file, overrides);
        PrintWriter err = spec.commandLine().getErr();
        try (Interrupt interrupt = Interrupt.ofThisThread()) {
            Inspection inspection = StaticView.of(scenario, new TableLines(err::println, false));
            err.flush();
            PrintWriter out = spec.commandLine().getOut();
            out.print(json ? InspectionJson.of(inspection) : InspectionText.of(scenario.name(), inspection));
            out.flush();
        }
        return ExitCode.PASSED.number;
    }
}
