package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunEvent.DatabaseMigrated;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.run.RunEvent.DatabasesPlanned;
import dev.rehearsal.run.RunEvent.Phase;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Judge;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two databases of which the second drifted, written as a rehearsal writes them. */
class DatabasesReportTest {
    private static final SyntheticRun STALLED = SyntheticRun.stalled();
    private static final String DIFFERENCE = "orders.token (uuid) is only on database 1";

    @TempDir
    private static Path folder;

    private static RunDirectory directory = new RunDirectory(Path.of(""));

    @BeforeAll
    static void writeARunOfTwo() throws IOException {
        directory = RunDirectory.at(folder.resolve("run"));
        List<RunEvent> first = new ArrayList<>(STALLED.events());
        first.add(1, new DatabasesPlanned(1, 2, 1, "stop", SyntheticRun.PLACE));
        first.add(new DatabaseMigrated(
                SyntheticRun.STALL_TO,
                1,
                1,
                Phase.MIGRATION,
                Status.SUCCEEDED,
                SyntheticRun.MIGRATION,
                Optional.empty()));
        first.add(new DatabaseMigrated(
                SyntheticRun.STALL_TO + SyntheticRun.SECOND,
                2,
                2,
                Phase.MIGRATION,
                Status.FAILED,
                SyntheticRun.STALL_TO,
                Optional.of("step add: duplicate")));
        first.add(new DatabaseSchema(SyntheticRun.END, 1, "aaaaaaaaaaaa", 1, List.of()));
        first.add(new DatabaseSchema(SyntheticRun.END, 2, "bbbbbbbbbbbb", 1, List.of(DIFFERENCE)));
        write(directory, first);
        RunDirectory second = directory.database(2);
        Files.createDirectories(second.path());
        write(second, STALLED.events());
        Reports.write(directory);
    }

    private static void write(RunDirectory files, List<RunEvent> events) throws IOException {
        try (FileJournal journal = new FileJournal(files.events());
                RequestLog.Writer requests = new RequestLog.Writer(files.requests(), SyntheticRun.OPERATIONS)) {
            events.forEach(journal::record);
            for (RequestRecord request : STALLED.requests()) {
                requests.append(request);
            }
        }
    }

    @Test
    void resultJsonHasEachDatabaseAndFollowsItsSchema() throws IOException {
        Result result = Json.read(directory.resultJson());

        assertThat(problems(Files.readString(directory.resultJson()))).isEmpty();
        assertThat(result.databases().orElseThrow())
                .extracting(Result.Database::number, Result.Database::wave, Result.Database::state)
                .containsExactly(tuple(1, 1, "migrated"), tuple(2, 2, "failed"));
        Result.Database second = result.databases().orElseThrow().getLast();
        assertThat(second.startMillis()).isEqualTo(OptionalDouble.of(50_000));
        assertThat(second.endMillis()).isEqualTo(OptionalDouble.of(51_000));
        assertThat(second.failure()).contains("step add: duplicate");
        assertThat(second.schema()).contains(new Result.DatabaseSchema("bbbbbbbbbbbb", 1, List.of(DIFFERENCE)));
        assertThat(second.steps()).isEqualTo(result.steps());
        assertThat(second.stages()).isEqualTo(result.stages());
        assertThat(second.findings()).isNotEmpty();
    }

    @Test
    void isJudgedAgainFromDiskAsItWasJudgedBefore() throws IOException {
        String before = Files.readString(directory.resultJson());

        Reports.write(RunDirectory.existing(directory.path()));

        assertThat(directory.resultJson()).hasContent(before);
    }

    @Test
    void eachFurtherDatabaseHasAPageOfItsOwnAndNothingThatABuildServerWouldCountTwice() {
        RunDirectory second = directory.database(2);

        assertThat(second.reportHtml()).isNotEmptyFile();
        assertThat(second.resultJson()).isNotEmptyFile();
        assertThat(second.latencyLog()).isNotEmptyFile();
        assertThat(second.junitXml()).doesNotExist();
        assertThat(second.sarif()).doesNotExist();
    }

    @Test
    void thePageHasATableOfDatabasesWithAWayToTheirPages() throws IOException {
        assertThat(Files.readString(directory.reportHtml()))
                .contains("<h2 id=\"databases-title\">Databases</h2>")
                .contains("<a href=\"databases/2/report.html\">database 2</a>")
                .contains("<code>bbbbbbbb</code>");
    }

    @Test
    void terminalAndSummaryTellEachDatabase() throws IOException {
        RunRecord run = RunRecord.read(directory);
        String summary = Terminal.summary(run, Judge.judge(run), directory, false);

        assertThat(summary)
                .contains("  database 1    wave 1, migrated in 10.0 s, failed; p99 ")
                .contains("  database 2    wave 2, failed after 1.00 s, failed; p99 ")
                .contains("schema bbbbbbbb");
        assertThat(Files.readString(directory.summaryMarkdown()))
                .contains("| database 1 | 1 | migrated | failed | 10.0 s |")
                .contains("| database 2 | 2 | failed | failed | 1.00 s |");
    }

    @Test
    void buildServersSeeWhichDatabaseAFindingIsOf() throws IOException {
        assertThat(Files.readString(directory.junitXml()))
                .contains("AccessExclusive held on orders, database 1")
                .contains("AccessExclusive held on orders, database 2")
                .contains("name=\"one schema on all databases\"")
                .contains(
                        "The databases have drifted apart. Schema fingerprints: aaaaaaaa on database 1; bbbbbbbb on database 2.");
    }

    @Test
    void aRunOfOneDatabaseSaysNothingOfDatabases() throws IOException {
        RunDirectory alone = RunDirectory.at(folder.resolve("alone"));
        write(alone, STALLED.events());
        Reports.write(alone);

        assertThat(Files.readString(alone.resultJson())).doesNotContain("databases");
        assertThat(Files.readString(alone.reportHtml())).doesNotContain("databases-title");
        assertThat(Files.readString(alone.summaryMarkdown())).doesNotContain("database");
    }

    private static List<Error> problems(String resultJson) throws IOException {
        try (InputStream schema = Objects.requireNonNull(Json.class.getResourceAsStream("result.schema.json"))) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(schema)
                    .validate(resultJson, InputFormat.JSON);
        }
    }
}
