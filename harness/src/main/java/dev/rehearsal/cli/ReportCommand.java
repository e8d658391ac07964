package dev.rehearsal.cli;

import dev.rehearsal.report.Reports;
import dev.rehearsal.report.RunIndex;
import dev.rehearsal.report.Terminal;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness report}: judges a run again from its directory and renders it; or makes a page over many. */
@Command(
        name = "report",
        description =
                "Judges and renders a run again, from its directory, or all runs of a folder on one page; no database.",
        mixinStandardHelpOptions = true)
final class ReportCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    private static final class What {
        @Parameters(
                arity = "0..1",
                paramLabel = "RUN",
                description = "A run directory, such as rehearsals/my-scenario/latest.")
        private @Nullable Path run;

        @Option(
                names = "--index",
                paramLabel = "DIR",
                description =
                        "Writes DIR/index.html: all runs below DIR by scenario, with the points at which a figure's level changed.")
        private @Nullable Path index;
    }

    @Override
    public Integer call() throws EnvironmentException {
        return what.index == null ? report(Objects.requireNonNull(what.run)) : index(what.index);
    }

    private Integer index(Path folder) throws EnvironmentException {
        try {
            RunIndex index = RunIndex.of(folder);
            Path page = folder.resolve("index.html");
            Files.writeString(page, index.html());
            index.unread().forEach(sentence -> spec.commandLine().getErr().println("harness: " + sentence));
            spec.commandLine().getOut().println(page);
            spec.commandLine().getOut().flush();
            return ExitCode.PASSED.number;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot make an index of " + folder + ": " + e.getMessage(),
                    "give a folder with run directories in it, such as rehearsals/",
                    e);
        }
    }

    private Integer report(Path run) throws EnvironmentException {
        try {
            RunDirectory directory = RunDirectory.existing(run);
            Reports.Written written = Reports.write(directory);
            spec.commandLine()
                    .getOut()
                    .print(Terminal.summary(written.run(), written.verdict(), directory, Terminals.colouredOutput()));
            spec.commandLine().getOut().flush();
            GitHubActions.of(System.getenv())
                    .tell(directory, written, spec.commandLine().getErr());
            return ExitCode.of(written.verdict().status()).number;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot report on " + run + ": " + e.getMessage(),
                    "give a run directory with events.ndjson and requests.bin in it, such as rehearsals/<name>/latest",
                    e);
        }
    }
}
