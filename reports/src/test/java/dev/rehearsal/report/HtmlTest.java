package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Judge;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

class HtmlTest {
    private static final int LARGEST_BYTES = 2_500_000;

    private static RunRecord record(SyntheticRun run) {
        return RunRecord.of(run.events(), Requests.of(SyntheticRun.OPERATIONS, run.requests()));
    }

    private static String rendered(RunRecord run) {
        return Html.render(run, Judge.judge(run));
    }

    /** The chart library's own text may say anything. */
    private static String withoutScripts(String html) {
        return html.replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>");
    }

    @Test
    void isOneFileThatRefersToNothingOutside() {
        String html = rendered(record(SyntheticRun.stalled()));

        assertThat(html.getBytes(StandardCharsets.UTF_8)).hasSizeLessThan(LARGEST_BYTES);
        assertThat(withoutScripts(html)).doesNotContain("<img", "@import", "url(", "http:", "https:");
        assertThat(html).doesNotContain("<script src").contains("<link rel=\"icon\" href=\"data:,\">");
        assertThat(Pattern.compile("<link ").matcher(html).results()).hasSize(1);
        assertThat(html).contains("default-src &#39;none&#39;");
    }

    @Test
    void eachLinkLeadsToAPlaceInThePage() {
        String html = withoutScripts(rendered(foreseen("volatile-default", "of-a-later-version")));

        List<String> ids = found(html, " id=\"([^\"]+)\"");
        List<String> links = found(html, "<a [^>]*href=\"([^\"]+)\"");
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(links)
                .contains("#finding-latency", "#hazard-volatile-default")
                .doesNotContain("#hazard-of-a-later-version");
        assertThat(links.stream().filter(link -> link.startsWith("#")))
                .map(link -> link.substring(1))
                .isSubsetOf(ids);
        assertThat(links.stream().filter(link -> !link.startsWith("#")))
                .as("files beside the page, each from one place only")
                .containsExactly("events.ndjson", "requests.bin", "server.log", "latency.hlog", "result.json");
    }

    @Test
    void filesThatItLinksToAreBesideIt(@TempDir Path directory) throws IOException {
        RunOnDisk.of(SyntheticRun.stalled(), directory);
        RunDirectory files = new RunDirectory(directory);
        Files.writeString(files.serverLog(), "LOG:  database system is shut down\n");
        Reports.write(files);

        assertThat(found(withoutScripts(Files.readString(files.reportHtml())), "<a href=\"([^#\"]+)\""))
                .hasSize(5)
                .allSatisfy(link -> assertThat(directory.resolve(link)).isRegularFile());
    }

    @Test
    void aKilledRunLinksToNoServerLogThatItNeverWrote() {
        List<RunEvent> events = SyntheticRun.stalled().events();
        String html = rendered(RunRecord.of(
                events.subList(0, events.size() - 1),
                Requests.of(SyntheticRun.OPERATIONS, SyntheticRun.stalled().requests())));

        assertThat(html)
                .contains("<dt id=\"file-server\">server.log <span class=\"subject\">(this run has none)</span></dt>")
                .doesNotContain("<a href=\"server.log\">");
    }

    /** The tags for them ask what the figures come from, so that none can be written without. */
    @Test
    void onlyTheTagsWithAProvenanceOpenTablesOrLists() throws IOException {
        Path templates = Path.of("src", "main", "jte", "report");
        try (Stream<Path> files = Files.list(templates)) {
            List<Path> with =
                    files.filter(file -> read(file).contains("<table")).toList();
            assertThat(with).containsExactly(templates.resolve("table.jte"));
        }
        assertThat(read(templates.resolve("facts.jte"))).contains("@template.report.figures(source = source");
        assertThat(read(templates.resolve("table.jte"))).contains("@template.report.from(source = source)");
        assertThat(read(templates.resolve("figures.jte"))).contains("@template.report.from(source = source)");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void pointsToPlacesThatResultJsonHas() throws IOException {
        JsonNode result = new ObjectMapper()
                .readTree(Json.render(record(SyntheticRun.stalled()), Judge.judge(record(SyntheticRun.stalled()))));

        assertThat(found(rendered(record(SyntheticRun.stalled())), "data-source=\"([^\"]+)\""))
                .contains("/findings", "/steps", "/stages", "/faults", "/rollback", "/validity", "/environment")
                .allSatisfy(pointer -> assertThat(result.at(pointer).isMissingNode())
                        .as(pointer)
                        .isFalse());
        assertThat(List.of(Provenance.LINT, Provenance.LEDGER, Provenance.DRILLS))
                .allSatisfy(source -> assertThat(result.has(source.pointer().substring(1)))
                        .as(source.pointer())
                        .isTrue());
    }

    @Test
    void saysWhatEachFindingAndHazardMeansWithoutTheDocumentationBesideIt() {
        String html = rendered(foreseen("volatile-default", "of-a-later-version"));

        assertThat(html)
                .contains("certain, volatile-default: it rewrites orders")
                .contains("what this means<span class=\"sr\">: volatile-default</span>")
                .contains("certain, of-a-later-version: it rewrites orders")
                .contains("<dt id=\"hazard-volatile-default\">volatile-default</dt>")
                .contains(
                        "The safe way: add the column bare, set the default, backfill in batches, then the constraint.")
                .contains("<dt id=\"finding-latency\">latency: Response time beyond its limit</dt>")
                .contains("Shorten the lock, or do the work in batches.");
        assertThat(found(html, "<dt id=\"finding-([^\"]+)\""))
                .as("what passed needs no explanation")
                .doesNotContain("rollback");
    }

    /** The stalled run, with hazards of its statement. */
    private static RunRecord foreseen(String... rules) {
        SyntheticRun stalled = SyntheticRun.stalled();
        List<RunEvent> events = new ArrayList<>(stalled.events());
        List<RunEvent.Hazard> hazards = Stream.of(rules)
                .map(rule ->
                        new RunEvent.Hazard(rule, RunEvent.Certainty.CERTAIN, "it rewrites orders", Optional.empty()))
                .toList();
        events.add(
                1,
                new RunEvent.StatementPredicted(
                        0,
                        0,
                        0,
                        "add token",
                        RunEvent.Phase.MIGRATION,
                        "alter table orders add column token uuid",
                        new SourceLocation("scenario.yaml", 1, 1),
                        Optional.empty(),
                        Optional.empty(),
                        true,
                        List.of(),
                        List.of("orders"),
                        true,
                        List.of(),
                        List.of(),
                        hazards));
        return RunRecord.of(events, Requests.of(SyntheticRun.OPERATIONS, stalled.requests()));
    }

    private static List<String> found(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    @Test
    void carriesTheLicenceNoticesOfTheChartLibrary() {
        String html = rendered(record(SyntheticRun.stalled()));

        assertThat(html)
                .contains("Copyright 2017-2025 The Apache Software Foundation")
                .contains("Copyright 2010-2016 Mike Bostock")
                .contains("Licensed to the Apache Software Foundation");
    }

    @Test
    void tellsTheManagerFirstThenTheEngineer() {
        String html = rendered(record(SyntheticRun.stalled()));

        List<Integer> positions = Stream.of(
                        "<h1>Do not run this under traffic: users would wait up to 7.93 s.</h1>",
                        "Before it, 99 of 100 requests were answered within 5.0 ms. While it ran, 20 of 3,975 requests failed.",
                        "<code>alter table orders add column token uuid not null default gen_random_uuid()</code>",
                        "<section id=\"objectives\"",
                        "<section id=\"timeline\"",
                        "<section id=\"statements\"",
                        "<section id=\"stages\"",
                        "<section id=\"queues\"",
                        "<section id=\"rollback\"",
                        "<section id=\"faults\"",
                        "<section id=\"circumstances\"")
                .map(html::indexOf)
                .toList();
        assertThat(positions).isSorted().allMatch(position -> position > 0);
    }

    @Test
    void saysWhatAServiceTriesAgainAndHowOftenItDid() {
        SyntheticRun stalled = SyntheticRun.stalled();
        List<RunEvent> events = new ArrayList<>(stalled.events());
        RunEvent.RunStarted started = (RunEvent.RunStarted) events.getFirst();
        events.set(0, trying(started, new RunEvent.RetryPlan(List.of("40001", "08006"), 3, 50_000_000)));
        List<RequestRecord> requests = new ArrayList<>(stalled.requests());
        requests.replaceAll(request -> request.operation() == 0 && request.t0Nanos() < SyntheticRun.SECOND
                ? new RequestRecord(
                        0,
                        request.outcome(),
                        -1,
                        request.backendPid(),
                        request.t0Nanos(),
                        request.t1Nanos(),
                        request.t2Nanos(),
                        request.t3Nanos(),
                        request.sqlState(),
                        new RequestRecord.Attempts(0, 3, 0, request.t1Nanos()))
                : request);
        long tried = requests.stream()
                .filter(request -> request.attempts().count() == 3)
                .count();

        String html = rendered(RunRecord.of(events, Requests.of(SyntheticRun.OPERATIONS, requests)));

        assertThat(tried).isPositive();
        assertThat(html)
                .contains(
                        "tries again after 40001, 08006: up to 3 attempts, the second after 50 ms, each later one after"
                                + " twice as long as the one before; " + 2 * tried + " attempts were a further one")
                .contains(
                        "tries again after 40001, 08006: up to 3 attempts, the second after 50 ms, each later one after"
                                + " twice as long as the one before; no request needed it");
        assertThat(rendered(record(stalled))).doesNotContain("tries again");
    }

    private static RunEvent.RunStarted trying(RunEvent.RunStarted started, RunEvent.RetryPlan retry) {
        return new RunEvent.RunStarted(
                started.atNanos(),
                started.wallClock(),
                started.harnessVersion(),
                started.scenario(),
                started.description(),
                started.scenarioFile(),
                started.seed(),
                started.arrivals(),
                started.services().stream()
                        .map(service -> new RunEvent.ServicePlan(
                                service.name(),
                                service.arrivalsPerSecond(),
                                service.poolSize(),
                                service.connectionTimeoutNanos(),
                                service.statementTimeoutNanos(),
                                Optional.of(retry),
                                service.operations(),
                                service.changing()))
                        .toList(),
                started.objectives(),
                started.command());
    }

    @Test
    void showsADashWithItsReasonForAPercentileOfTooFewRequests() {
        String html = rendered(record(SyntheticRun.stalled()));

        Matcher dash = Pattern.compile("title=\"only (\\d+) requests: this percentile needs 200\">–<")
                .matcher(html);
        assertThat(dash.find()).isTrue();
        assertThat(Integer.parseInt(dash.group(1))).isLessThan(200);
    }

    @Test
    void escapesTextsOfTheUser() {
        String html =
                rendered(record(SyntheticRun.withTexts("</script><script>x()</script>", "select '<img>\u2028<!--'")));

        assertThat(Pattern.compile("</?script").matcher(html).results())
                .as("data, library, script")
                .hasSize(6);
        assertThat(withoutScripts(html)).doesNotContain("<img", "<!--");
        assertThat(html).contains("&lt;script&gt;x()", "\\u003cimg\\u003e\\u2028\\u003c!--");
    }

    @Test
    void writesTheSamePageToAWriter() {
        RunRecord run = record(SyntheticRun.stalled());
        StringWriter written = new StringWriter();

        Html.render(run, Judge.judge(run), written);

        assertThat(written.toString()).isEqualTo(rendered(run));
    }

    @Test
    void rendersARunThatDiedAtOnce() {
        RunRecord run = RunRecord.of(SyntheticRun.stalled().events().subList(0, 1), Requests.of(List.of(), List.of()));

        assertThat(rendered(run)).contains("No answer about this migration: the run did not come to its end.");
    }
}
