package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import org.HdrHistogram.EncodableHistogram;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

class ReportsTest {
    private static final SyntheticRun STALLED = SyntheticRun.stalled();

    @TempDir
    private static Path folder;

    private static RunDirectory directory = new RunDirectory(Path.of(""));
    private static Verdict verdict = judged(List.of(), List.of());

    @BeforeAll
    static void rehearse() throws IOException {
        directory = stored(STALLED, folder);
        verdict = Reports.write(directory).verdict();
    }

    /** As a rehearsal leaves it behind. */
    private static RunDirectory stored(SyntheticRun synthetic, Path folder) throws IOException {
        RunDirectory directory = RunDirectory.create(folder, "synthetic", Instant.parse("2026-11-22T10:15:02Z"));
        try (FileJournal journal = new FileJournal(directory.events());
                RequestLog.Writer requests = new RequestLog.Writer(directory.requests(), SyntheticRun.OPERATIONS)) {
            synthetic.events().forEach(journal::record);
            for (RequestRecord request : synthetic.requests()) {
                requests.append(request);
            }
        }
        return directory;
    }

    private static RunRecord run(List<RunEvent> events, List<RequestRecord> requests) {
        List<RunEvent> all = new ArrayList<>(events);
        if (all.isEmpty()) {
            all.add(STALLED.events().getFirst());
        }
        return RunRecord.of(all, Requests.of(SyntheticRun.OPERATIONS, requests));
    }

    private static Verdict judged(List<RunEvent> events, List<RequestRecord> requests) {
        return Judge.judge(run(events, requests));
    }

    private static List<Error> problems(String resultJson) throws IOException {
        try (InputStream schema = Objects.requireNonNull(Json.class.getResourceAsStream("result.schema.json"))) {
            Schema compiled = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(schema);
            return compiled.validate(resultJson, InputFormat.JSON);
        }
    }

    @Test
    void writesEveryFileOfARunDirectory() {
        assertThat(directory.resultJson()).isNotEmptyFile();
        assertThat(directory.latencyLog()).isNotEmptyFile();
        assertThat(directory.junitXml()).isNotEmptyFile();
        assertThat(directory.summaryMarkdown()).isNotEmptyFile();
        assertThat(directory.reportHtml()).isNotEmptyFile();
        assertThat(directory.path()).isDirectoryNotContaining("glob:**.next");
    }

    @Test
    void judgesAgainFromDiskAsItJudgedBefore() throws IOException {
        String before = Files.readString(directory.resultJson());

        Reports.write(RunDirectory.existing(folder.resolve("synthetic").resolve("latest")));

        assertThat(directory.resultJson()).hasContent(before);
    }

    @Test
    void resultJsonFollowsItsSchema() throws IOException {
        assertThat(problems(Files.readString(directory.resultJson()))).isEmpty();
    }

    @Test
    void resultJsonOfARunThatWasKilledAtOnceFollowsItsSchema() throws IOException {
        RunRecord killed = run(List.of(), List.of());

        assertThat(problems(Json.render(killed, Judge.judge(killed)))).isEmpty();
    }

    @Test
    void schemaRefusesAWrongResult() throws IOException {
        String wrong = Files.readString(directory.resultJson())
                .replace("\"verdict\" : \"failed\"", "\"verdict\" : \"fine\"")
                .replace("\"p99\"", "\"p98\"");

        assertThat(problems(wrong)).extracting(Error::getKeyword).contains("enum", "required", "additionalProperties");
    }

    @Test
    void resultJsonIsReadBackWhole() throws IOException {
        Result result = Json.read(directory.resultJson());

        assertThat(result).isEqualTo(new ResultComposer(RunRecord.read(directory), verdict).compose());
    }

    @Test
    void resultJsonNeverInventsNumbers() throws IOException {
        Result result = Json.read(directory.resultJson());

        assertThat(result.drills()).isEmpty();
        assertThat(result.integrity().verified()).isFalse();
        assertThat(result.integrity().acknowledgedWrites()).isEmpty();
        assertThat(result.rollback().dataRestored()).isEmpty();
    }

    @Test
    void jsonJUnitAndMarkdownSayTheSame() throws Exception {
        Result result = Json.read(directory.resultJson());
        Document junit = xml(Files.readString(directory.junitXml()));
        String markdown = Files.readString(directory.summaryMarkdown());

        var cases = junit.getElementsByTagName("testcase");
        assertThat(cases.getLength()).isEqualTo(result.findings().size());
        for (int i = 0; i < cases.getLength(); i++) {
            Element testCase = (Element) cases.item(i);
            Result.Finding finding = result.findings().get(i);
            var failures = testCase.getElementsByTagName("failure");
            assertThat(testCase.getAttribute("name")).isEqualTo(finding.subject());
            assertThat(failures.getLength()).isEqualTo(finding.status().equals("failed") ? 1 : 0);
            if (failures.getLength() == 1) {
                assertThat(((Element) failures.item(0)).getAttribute("message")).isEqualTo(finding.message());
            }
            assertThat(markdown)
                    .contains("| " + PlainText.forMarkdown(finding.subject()) + " | " + finding.status() + " | "
                            + PlainText.forMarkdown(verdict.findings().get(i).shownObserved()) + " |");
        }
        assertThat(markdown)
                .contains(PlainText.forMarkdown(result.story().sentences().getFirst()));
    }

    @Test
    void inconclusiveFindingsAreErrorsInJUnit() throws Exception {
        List<RunEvent> killed = STALLED.events().stream()
                .filter(event -> !(event instanceof RunEvent.RunEnded))
                .toList();
        RunRecord run = run(killed, STALLED.requests());

        Document junit = xml(JUnitXml.render(run, Judge.judge(run)));

        Element suite = (Element) junit.getElementsByTagName("testsuite").item(0);
        assertThat(suite.getAttribute("failures")).isEqualTo("0");
        assertThat(suite.getAttribute("errors")).isEqualTo("8");
        assertThat(junit.getElementsByTagName("error").getLength()).isEqualTo(8);
    }

    @Test
    void latencyLogHoldsEveryRequestUnderItsOperation() throws IOException {
        Map<String, Long> counts = new HashMap<>();
        Map<String, Long> longest = new HashMap<>();
        try (HistogramLogReader reader =
                new HistogramLogReader(directory.latencyLog().toFile())) {
            while (reader.hasNext()) {
                EncodableHistogram next = reader.nextIntervalHistogram();
                Histogram histogram = (Histogram) next;
                counts.merge(histogram.getTag(), histogram.getTotalCount(), Long::sum);
                longest.merge(histogram.getTag(), histogram.getMaxValue(), Math::max);
            }
        }

        Map<String, Long> expected = new HashMap<>();
        Map<String, Long> expectedLongest = new HashMap<>();
        for (RequestRecord request : STALLED.requests()) {
            var key = SyntheticRun.OPERATIONS.get(request.operation());
            expected.merge(key.service() + "/" + key.operation(), 1L, Long::sum);
            expectedLongest.merge(key.service() + "/" + key.operation(), request.responseNanos(), Math::max);
        }
        assertThat(counts).isEqualTo(expected);
        longest.forEach((tag, nanos) ->
                assertThat(nanos).isBetween(expectedLongest.get(tag), expectedLongest.get(tag) * 1001 / 1000));
    }

    @Test
    void terminalTellsTheStoryOnOneScreen() throws IOException {
        String summary = Terminal.summary(RunRecord.read(directory), verdict, new RunDirectory(Path.of("run")), false);

        assertThat(summary)
                .startsWith("orders-add-token · PostgreSQL 18.6, local · 1,000,000 orders · 290/s Poisson, seed 42\n\n")
                .contains("""
                  FAILED  alter table orders add column token uuid not null default gen_random_uuid()
                          waited 800 ms behind harness-blocker, rewrote orders (column default) and held AccessExclusive on it
                          for 8.00 s ± 0.5 ms; 1,991 requests waited behind it (read-order, place-order), worst response
                          7.93 s; in the baseline their p99 was 5.1 ms.
                          The safe way: add the column bare, backfill it in batches, then set the default and the constraint.

                  objectives    2 passed, 5 failed, 0 inconclusive
                    failed        response p99 of read-order during the migration     7.79 s    limit 250 ms
                    failed        response p99 of place-order during the migration    7.82 s    limit 250 ms
                    failed        failed requests during the migration                0.50 %    limit 0.10 %
                    failed        AccessExclusive held on orders                      8.00 s    limit 100 ms
                    failed        no rewrites                                         orders
                  rollback      succeeded in 4.6 ms under load; schema identical
                  instruments   generator lag p99 0.1 ms, no pause, baseline drift 3.2 %: good enough for these limits
                """)
                .endsWith("  report        run/report.html\n");
        assertThat(summary.lines()).hasSizeLessThan(40);
        assertThat(summary.lines().map(String::length)).allMatch(length -> length <= 120);
    }

    @Test
    void foreignTextIsHarmlessEverywhere() throws Exception {
        SyntheticRun hostile = SyntheticRun.withTexts(
                "a\u001b[31m|b`", "select '\u001b]0;owned\u0007<script>&\u202e', 1 -- ]]> | \u0000");
        RunRecord run = run(hostile.events(), hostile.requests());
        Verdict judged = Judge.judge(run);

        String terminal = Terminal.summary(run, judged, new RunDirectory(Path.of("run")), false);
        assertThat(terminal.chars().filter(c -> c != '\n' && (Character.isISOControl(c) || c == 0x202e)))
                .isEmpty();
        assertThat(terminal).contains("a\\u001b[31m|b`");
        String markdown = Markdown.render(run, judged);
        assertThat(markdown).contains("a\\\\u001b\\[31m\\|b\\`").doesNotContain("<script>");
        Document junit = xml(JUnitXml.render(run, judged));
        assertThat(((Element) junit.getElementsByTagName("testsuite").item(0)).getAttribute("name"))
                .isEqualTo("a\\u001b[31m|b`");
        assertThat(problems(Json.render(run, judged))).isEmpty();
    }

    @Test
    void coloursOnlyWhenAskedTo() throws IOException {
        RunRecord run = RunRecord.read(directory);

        assertThat(Terminal.summary(run, verdict, directory, true)).contains("\u001b[1;31mFAILED\u001b[0m");
        assertThat(Terminal.summary(run, verdict, directory, false)).doesNotContain("\u001b");
    }

    private static Document xml(String text) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new InputSource(new StringReader(text)));
    }
}
