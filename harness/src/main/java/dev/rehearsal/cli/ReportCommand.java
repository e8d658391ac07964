package dev.rehearsal.cli;

import dev.rehearsal.report.Reports;
import dev.rehearsal.report.Terminal;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness report}: judges a run again from its directory and renders it. */
@Command(
        name = "report",
        description = "Judges and renders a run again, from its directory; no database.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "RUN", description = "A run directory, such as rehearsals/my-scenario/latest.")
    private Path run;

    @Override
    public Integer call() throws EnvironmentException {
        try {
            RunDirectory directory = RunDirectory.existing(run);
            Reports.Written written = Reports.write(directory);
            spec.commandLine()
                    .getOut()
                    .print(Terminal.summary(written.run(), written.verdict(), directory, Terminals.colouredOutput()));
            spec.commandLine().getOut().flush();
            return ExitCode.of(written.verdict().status()).number;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot report on " + run + ": " + e.getMessage(),
                    "give a run directory with events.ndjson and requests.bin in it, such as rehearsals/<name>/latest",
                    e);
        }
    }
}
