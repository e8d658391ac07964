package dev.rehearsal.cli;

import dev.rehearsal.compare.Comparison;
import dev.rehearsal.compare.Side;
import dev.rehearsal.report.ComparisonHtml;
import dev.rehearsal.report.ComparisonText;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.verdict.Judge;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code harness compare}: runs side by side. It judges no run, so that it ends well whatever they were. */
@Command(
        name = "compare",
        description =
                "Puts runs side by side, with what chance does not explain of their differences; the first is what the"
                        + " others are compared with. No database.",
        mixinStandardHelpOptions = true)
final class CompareCommand implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "2..*",
            paramLabel = "RUN",
            description = "Run directories, such as rehearsals/my-scenario/latest.")
    private List<Path> runs;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Writes compare.html and compare.md there, over those that are there.")
    private @Nullable Path out;

    @Override
    public Integer call() throws EnvironmentException {
        List<Side.Found> found = new ArrayList<>();
        for (Path run : runs) {
            found.add(read(run));
        }
        Comparison comparison = Comparison.of(Side.named(found));
        spec.commandLine().getOut().print(ComparisonText.forTerminal(comparison, Terminals.colouredOutput()));
        if (out != null) {
            write(comparison, out);
        }
        spec.commandLine().getOut().flush();
        return ExitCode.PASSED.number;
    }

    private static Side.Found read(Path run) throws EnvironmentException {
        try {
            RunDirectory directory = RunDirectory.existing(run);
            RunRecord record = RunRecord.read(directory);
            return new Side.Found(directory, record, Judge.judge(record));
        } catch (IOException | UncheckedIOException e) {
            throw new EnvironmentException(
                    "cannot compare " + run + ": " + e.getMessage(),
                    "give run directories with events.ndjson and requests.bin in them, such as rehearsals/<name>/latest",
                    e);
        }
    }

    private void write(Comparison comparison, Path folder) throws EnvironmentException {
        try {
            Files.createDirectories(folder);
            Path html = folder.resolve("compare.html");
            Files.writeString(html, ComparisonHtml.render(comparison, html));
            Files.writeString(folder.resolve("compare.md"), ComparisonText.forMarkdown(comparison));
            spec.commandLine().getOut().println("\n  report   " + html);
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot write to " + folder + ": " + e.getMessage(),
                    "give a place that can be written to: --out DIR",
                    e);
        }
    }
}
