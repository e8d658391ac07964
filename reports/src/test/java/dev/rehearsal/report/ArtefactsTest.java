package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.compare.Comparison;
import dev.rehearsal.compare.Side;
import dev.rehearsal.compare.Sweep;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.ObjectMapper;

/** All that is written about a run, searched as a whole. */
class ArtefactsTest {
    private static final String SECRET = "s3cretS3cret";

    @TempDir
    private Path folder;

    /** With a secret wherever text of other people's comes in. */
    private RunDirectory withSecrets(String scenario) throws IOException {
        SyntheticRun run = SyntheticRun.withTexts(
                scenario,
                "create user mapping for app server s options (user 'app', password '" + SECRET
                        + "') /* postgresql://a:" + SECRET + "@h/d */");
        RunDirectory directory = RunDirectory.create(folder, scenario, Instant.parse("2026-11-22T10:15:02Z"));
        try (FileJournal journal = new FileJournal(directory.events());
                RequestLog.Writer requests = new RequestLog.Writer(directory.requests(), SyntheticRun.OPERATIONS)) {
            RunEvent.RunStarted started = (RunEvent.RunStarted) run.events().getFirst();
            journal.record(new RunEvent.RunStarted(
                    started.atNanos(),
                    started.wallClock(),
                    started.harnessVersion(),
                    started.scenario(),
                    "with PGPASSWORD=" + SECRET,
                    started.scenarioFile(),
                    started.seed(),
                    started.arrivals(),
                    started.services(),
                    started.objectives(),
                    List.of(
                            "harness",
                            "rehearse",
                            "--set",
                            "environment.url=jdbc:postgresql://db/shop?user=app&password=" + SECRET)));
            run.events().stream().skip(1).forEach(journal::record);
            journal.record(new RunEvent.Noted(
                    71_000_000_000L,
                    "psql \"postgresql://app:" + SECRET + "@db/shop\" said: password authentication failed"));
            for (RequestRecord request : run.requests()) {
                requests.append(request);
            }
        }
        return directory;
    }

    @Test
    void noneHoldsASecret() throws IOException {
        RunDirectory first = withSecrets("one");
        RunDirectory second = withSecrets("two");
        Reports.Written one = Reports.write(first);
        Reports.Written two = Reports.write(second);
        Files.writeString(folder.resolve("summary.txt"), Terminal.summary(one.run(), one.verdict(), first, false));
        Files.write(folder.resolve("annotations"), Annotations.of(one.run(), one.verdict()));
        Comparison comparison = Comparison.of(Side.named(List.of(
                new Side.Found(first, one.run(), one.verdict()), new Side.Found(second, two.run(), two.verdict()))));
        Files.writeString(
                folder.resolve("compare.html"), ComparisonHtml.render(comparison, folder.resolve("compare.html")));
        Files.writeString(folder.resolve("compare.md"), ComparisonText.forMarkdown(comparison));
        Files.writeString(folder.resolve("compare.txt"), ComparisonText.forTerminal(comparison, false));
        Files.writeString(folder.resolve("index.html"), RunIndex.of(folder).html());
        SweepReport sweep = new SweepReport(
                new Sweep(
                        "one",
                        List.of(
                                Sweep.Point.of(1, 1, "one", one.run(), one.verdict()),
                                Sweep.Point.of(1, 2, "two", two.run(), two.verdict()))),
                OptionalLong.of(8_000_000),
                Optional.empty());
        Files.writeString(folder.resolve("sweep.html"), sweep.html());
        Files.writeString(folder.resolve("sweep.json"), sweep.json());
        Files.writeString(folder.resolve("sweep.txt"), sweep.forTerminal());

        List<Path> files;
        try (Stream<Path> walked = Files.walk(folder)) {
            files = walked.filter(Files::isRegularFile).toList();
        }

        assertThat(files).hasSizeGreaterThanOrEqualTo(2 * 8 + 9);
        for (Path file : files) {
            assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
                    .as(file.toString())
                    .doesNotContain(SECRET);
        }
        assertThat(first.resultJson()).content().contains("password '***'", "postgresql://a:***@h/d", "password=***");
    }

    @Test
    void pagesOfSeveralRunsLeadToWhatTheyAreMadeOf() throws IOException {
        RunDirectory first = withSecrets("one");
        RunDirectory second = withSecrets("two");
        Reports.Written one = Reports.write(first);
        Reports.Written two = Reports.write(second);
        Path compare = folder.resolve("pages").resolve("compare.html");
        Files.createDirectories(compare.getParent());

        String html = ComparisonHtml.render(
                Comparison.of(Side.named(List.of(
                        new Side.Found(first, one.run(), one.verdict()),
                        new Side.Found(second, two.run(), two.verdict())))),
                compare);

        List<String> links = Pattern.compile("href=\"(\\./[^\"]+)\"")
                .matcher(html)
                .results()
                .map(found -> found.group(1))
                .toList();
        assertThat(links).hasSize(4);
        assertThat(links)
                .extracting(link -> compare.getParent().resolve(link).normalize())
                .containsExactly(first.reportHtml(), first.resultJson(), second.reportHtml(), second.resultJson())
                .allSatisfy(file -> assertThat(file).exists());
    }

    @Test
    void aRunThatWasRecordedWithSecretsIsRenderedWithoutThem() throws IOException {
        RunDirectory directory = withSecrets("one");
        Files.writeString(
                directory.events(),
                Files.readString(directory.events()).replace("password '***'", "password '" + SECRET + "'"));

        Reports.write(directory);

        assertThat(directory.resultJson()).content().contains("password '***'").doesNotContain(SECRET);
    }

    @Test
    void foreignTextIsHarmlessInComparisons() {
        Side.Found hostile =
                found("a\u001b[31m|<script>alert(1)</script>", "select '\u001b]0;x\u0007</script><img src=x>'");
        Comparison comparison = Comparison.of(Side.named(List.of(hostile, found("b", "select 1"))));

        assertThat(ComparisonText.forTerminal(comparison, false).chars())
                .allMatch(c -> c == '\n' || !Character.isISOControl(c));
        assertThat(ComparisonText.forMarkdown(comparison))
                .doesNotContainPattern("(?<!\\\\)[<|]script")
                .contains("\\|\\<script\\>");
        assertThat(ComparisonHtml.render(comparison, Path.of("compare.html"))
                        .replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>"))
                .doesNotContain("<img", "alert(1)</script>")
                .contains("&lt;script&gt;");
    }

    @Test
    void foreignTextIsHarmlessInSweeps() {
        String hostile = "a\u001b[31m|<script>alert(1)</script>";
        SweepReport sweep = new SweepReport(
                new Sweep(hostile, List.of(sized(hostile, 1_000), sized(hostile, 2_000))),
                OptionalLong.of(4_000),
                Optional.empty());

        assertThat(sweep.forTerminal().chars()).allMatch(c -> c == '\n' || !Character.isISOControl(c));
        assertThat(sweep.html().replaceAll("(?s)(<script[^>]*>).*?</script>", "$1</script>"))
                .doesNotContain("<script>alert(1)")
                .contains("&lt;script&gt;");
        assertThat(new ObjectMapper().readTree(sweep.json()).get("scenario").asString())
                .isEqualTo(hostile);
    }

    private static Sweep.Point sized(String text, long rows) {
        return new Sweep.Point(
                1,
                rows / 1_000.0,
                text,
                100,
                text,
                rows,
                Verdict.Status.PASSED,
                Optional.empty(),
                Optional.of(rows * 1_000_000),
                Optional.empty());
    }

    @Test
    void aRunThatWasKilledIsToldInEveryArtefactAsWhatItIs() throws IOException {
        RunDirectory directory = withSecrets("one");
        List<String> events = Files.readAllLines(directory.events());
        int cut = events.size() / 2;
        Files.writeString(
                directory.events(),
                String.join("\n", events.subList(0, cut)) + "\n"
                        + events.get(cut).substring(0, 10));

        Reports.Written written = Reports.write(directory);

        String told = "The run has no end: it was killed during the migration, after 70.0 s. Run it again.";
        assertThat(directory.resultJson()).content().contains("\"inconclusive\"", told);
        for (Path file : List.of(directory.reportHtml(), directory.summaryMarkdown(), directory.junitXml())) {
            assertThat(file).content().contains(told);
        }
        assertThat(Terminal.summary(written.run(), written.verdict(), directory, false)
                        .replaceAll("\\s+", " "))
                .contains("INCONCLUSIVE")
                .contains(told);
    }

    private static Side.Found found(String scenario, String sql) {
        SyntheticRun run = SyntheticRun.withTexts(scenario, sql);
        var record = RunRecord.of(run.events(), Requests.of(SyntheticRun.OPERATIONS, run.requests()));
        return new Side.Found(new RunDirectory(Path.of("runs", "x")), record, Judge.judge(record));
    }
}
