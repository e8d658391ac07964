package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.report.Annotations;
import dev.rehearsal.report.Reports;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.scenario.Objective;
import dev.rehearsal.scenario.SourceLocation;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GitHubActionsTest {
    @TempDir
    private Path folder;

    /** A run that was killed at once: there is nothing in it to judge. */
    private RunDirectory killedRun() throws IOException {
        RunDirectory directory = RunDirectory.at(folder.resolve("run"));
        try (FileJournal journal = new FileJournal(directory.events())) {
            journal.record(new RunEvent.RunStarted(
                    0,
                    Instant.parse("2026-11-22T10:15:02Z"),
                    "0.1.0",
                    "tokens",
                    "",
                    "db/scenario.yaml",
                    42,
                    "poisson",
                    List.of(),
                    List.of(new Objective.MigrationTime(
                            new SourceLocation("db/scenario.yaml", 9, 5), Duration.ofMinutes(10))),
                    List.of("harness", "rehearse")));
        }
        return directory;
    }

    @Test
    void annotatesAndAppendsToTheStepsSummary() throws IOException {
        RunDirectory directory = killedRun();
        Path summary = Files.writeString(folder.resolve("summary"), "before\n");
        GitHubActions actions =
                GitHubActions.of(Map.of("GITHUB_ACTIONS", "true", "GITHUB_STEP_SUMMARY", summary.toString()));
        StringWriter text = new StringWriter();
        Reports.Written written = Reports.write(directory);

        actions.tell(directory, written, actions.defused(new PrintWriter(text)));

        assertThat(text.toString().lines()).isEqualTo(Annotations.of(written.run(), written.verdict()));
        assertThat(text.toString().lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("::warning file=db/scenario.yaml,line="));
        assertThat(Files.readString(summary))
                .isEqualTo("before\n" + Files.readString(directory.summaryMarkdown()) + "\n");
    }

    @Test
    void saysNothingElsewhere() throws IOException {
        RunDirectory directory = killedRun();
        Path summary = folder.resolve("summary");
        GitHubActions nowhere = GitHubActions.of(Map.of("GITHUB_STEP_SUMMARY", summary.toString()));
        StringWriter text = new StringWriter();
        PrintWriter err = new PrintWriter(text);

        nowhere.tell(directory, Reports.write(directory), err);

        assertThat(nowhere.defused(err)).isSameAs(err);
        assertThat(text.toString()).isEmpty();
        assertThat(summary).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({
        "'::error::owned', '\\u003a:error::owned'",
        "'   ::add-mask::x', '   \\u003a:add-mask::x'",
        "'a ##[error]x', 'a #\\u0023[error]x'",
        "'select 1::text', 'select 1::text'",
        "'plain', 'plain'",
    })
    void letsNoCommandThroughThatIsNotItsOwn(String printed, String seen) {
        StringWriter text = new StringWriter();
        PrintWriter out = GitHubActions.of(Map.of("GITHUB_ACTIONS", "true")).defused(new PrintWriter(text));

        out.println("first");
        out.println(printed);
        out.flush();

        assertThat(text.toString()).isEqualTo("first" + System.lineSeparator() + seen + System.lineSeparator());
    }
}
