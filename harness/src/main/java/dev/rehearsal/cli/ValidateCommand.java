package dev.rehearsal.cli;

import dev.rehearsal.rehearsal.SimulationCheck;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness validate}: reads files, talks to no database. */
@Command(
        name = "validate",
        description = "Checks scenario files and everything they name; no database, no load.",
        mixinStandardHelpOptions = true)
final class ValidateCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(arity = "1..*", paramLabel = "SCENARIO", description = "Scenario files.")
    private List<Path> files;

    @Option(names = "--set", paramLabel = "KEY=VALUE", description = "Replaces a value, e.g. timeline.baseline=60s.")
    private Map<String, String> overrides = new LinkedHashMap<>();

    @Override
    public Integer call() throws EnvironmentException {
        boolean valid = true;
        for (Path file : files) {
            try {
                Scenario scenario = ScenarioLoader.load(file, overrides);
                SimulationCheck.refuse(scenario);
                spec.commandLine().getOut().println(file + ": valid (" + scenario.name() + ")");
            } catch (InvalidScenarioException invalid) {
                Failures.printProblems(invalid, spec.commandLine().getErr());
                valid = false;
            }
        }
        spec.commandLine().getOut().flush();
        spec.commandLine().getErr().flush();
        return (valid ? ExitCode.PASSED : ExitCode.WRONG_INPUT).number;
    }
}
