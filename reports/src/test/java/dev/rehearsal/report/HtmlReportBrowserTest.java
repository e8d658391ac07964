package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.WaitForSelectorState;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.Requests;
import dev.rehearsal.run.RunEvent;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.scenario.Stage;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser makes of {@code report.html}: that it is drawn, that the drawing says what the run says, and that it asks nobody. */
class HtmlReportBrowserTest {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    private static final String CHART = "echarts.getInstanceByDom(document.getElementById('%s'))";

    @TempDir
    static Path directory;

    private static Chromium chromium;
    private static SyntheticRun truth;
    private static RunRecord run;
    private static Path report;

    private final Visits visits = new Visits(chromium.browser());
    private final List<String> complaints = visits.complaints();
    private final List<String> requested = visits.requested();

    @BeforeAll
    static void renderOnce() throws IOException {
        chromium = Chromium.started();
        truth = SyntheticRun.stalled();
        run = RunOnDisk.of(truth, directory.resolve("run"));
        report = written("report.html", Html.render(run, Judge.judge(run)));
        Files.createDirectories(SCREENSHOTS);
    }

    @AfterAll
    static void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @AfterEach
    void closePages() {
        visits.close();
    }

    private static Path written(String name, String html) throws IOException {
        return Files.writeString(directory.resolve(name), html);
    }

    private Page open(Path file, int width, ColorScheme scheme) {
        return visits.open(file, width, scheme);
    }

    private Page open(int width) {
        return open(report, width, ColorScheme.LIGHT);
    }

    @ParameterizedTest
    @CsvSource({"1280,LIGHT", "1280,DARK", "400,LIGHT", "400,DARK", "1920,DARK"})
    void showsItselfAtEveryWidthInLightAndDark(int width, ColorScheme scheme) {
        Page page = open(report, width, scheme);

        page.screenshot(new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(SCREENSHOTS.resolve(
                        "report-" + width + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + ".png")));

        assertThat(complaints).isEmpty();
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        for (String chart :
                List.of("chart-response", "chart-locks", "chart-load", "chart-server", "chart-percentiles")) {
            assertThat(number(page, "document.querySelectorAll('#" + chart + " svg path').length"))
                    .as("marks in %s", chart)
                    .isGreaterThan(5);
            assertThat(number(page, "document.querySelector('#" + chart + " svg').getBoundingClientRect().right"))
                    .isLessThanOrEqualTo(width);
        }
    }

    @Test
    void drawsTheServersPicture() {
        Page page = open(1280);

        for (String line : List.of(
                "waiting",
                "running",
                "Lock relation",
                "wal",
                "read",
                "written",
                "checkpoints",
                "autovacuum",
                "PostgreSQL",
                "load generator",
                "all")) {
            List<List<Double>> drawn = series(page, "chart-server", line);
            assertThat(drawn).as(line).hasSizeGreaterThan(10);
            assertThat(drawn).as(line).allMatch(point -> point.getLast() >= 0).anyMatch(point -> point.getLast() > 0);
        }
    }

    @Test
    void drawsPercentilesOfTheRequestsAsFarAsTheirNumberSupportsThem() {
        Page page = open(1280);
        long[] responses = truth.requests().stream()
                .filter(request -> request.t0Nanos() >= SyntheticRun.MIGRATION)
                .filter(request -> run.stage(Stage.MIGRATION).orElseThrow().contains(request.t0Nanos()))
                .mapToLong(RequestRecord::responseNanos)
                .sorted()
                .toArray();

        List<List<Double>> drawn = series(page, "chart-percentiles", "migration response");

        for (List<Double> point : drawn) {
            // The axis counts nines: 90 % is at 1, 99 % at 2.
            double above = responses.length * Math.pow(10, -point.getFirst());
            assertThat(above).isGreaterThanOrEqualTo(1.99);
            int rank = Math.max(1, (int) Math.ceil(responses.length - above - 1e-6 * responses.length));
            assertThat(point.getLast() * 1e6).isBetween(responses[rank - 1] * 0.998, responses[rank] * 1.002);
        }
        // The last but one of them stands alone above what is drawn.
        assertThat(drawn.getLast().getFirst()).isGreaterThan(Math.log10(responses.length / 2.5));
        page.selectOption(
                "#percentiles-of", page.locator("#percentiles-of option").nth(1).getAttribute("value"));
        assertThat(series(page, "chart-percentiles", "migration response")).isNotEqualTo(drawn);
        assertThat(complaints).isEmpty();
    }

    /**
     * Exceptions: the line of context under the verdict repeats the circumstances; headings, hints, code and names of things hold digits that nobody
     * computed.
     */
    @Test
    void everyFigureSaysWhatItWasComputedFrom() {
        Page page = open(1280);

        Object without = page.evaluate("""
                () => {
                  const walker = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
                  const found = [];
                  while (walker.nextNode()) {
                    const node = walker.currentNode, at = node.parentElement;
                    if (!/[0-9]/.test(node.data) || at.closest('.context, .hint, code, h2, h3, #meanings, #files, svg, .chart, button')) continue;
                    const source = at.closest('[data-source]');
                    const links = source ? [...source.querySelectorAll('.from a')].filter((a) => a.closest('[data-source]') === source) : [];
                    if (!links.length || links.some((a) => !document.getElementById(a.getAttribute('href').slice(1)))) found.push(node.data);
                  }
                  return found;
                }
                """);
        Object figures = page.evaluate(
                "[...document.querySelectorAll('[data-source] td.n')].filter((cell) => /[0-9]/.test(cell.textContent)).length");

        assertThat((List<?>) without).isEmpty();
        assertThat(((Number) figures).intValue()).isGreaterThan(40);
    }

    @Test
    void asksNoNetwork() {
        open(1280);

        assertThat(requested).containsExactly(report.toUri().toString());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void drawsTheMaximumOfEveryBucketOfPlannedArrivals(int operation) {
        Page page = open(1280);

        List<List<Double>> drawn = series(page, "chart-response", id(operation, "max"));

        Map<Long, Double> expected = new TreeMap<>();
        for (RequestRecord request : truth.requests()) {
            if (request.operation() == operation) {
                long bucket = Math.floorDiv(request.t0Nanos() - SyntheticRun.MIGRATION, SyntheticRun.SECOND / 4);
                expected.merge(bucket, request.responseNanos() / 1e6, Math::max);
            }
        }
        assertThat(drawn).hasSize(70 * 4 + 1);
        for (Map.Entry<Long, Double> bucket : expected.entrySet()) {
            List<Double> point = drawn.get((int) (bucket.getKey() + 40 * 4));
            assertThat(point.get(0)).isEqualTo(bucket.getKey() * 250.0);
            assertThat(point.get(1)).isCloseTo(bucket.getValue(), within(0.001));
        }
    }

    @Test
    void drawsTheStallAtTheTimeOfItsVictimsArrival() {
        Page page = open(1280);

        List<List<Double>> drawn = series(page, "chart-response", id(0, "max"));

        List<Double> highest =
                drawn.stream().max(Comparator.comparing(point -> point.get(1))).orElseThrow();
        assertThat(highest.get(0)).isEqualTo(2000);
        assertThat(highest.get(1)).isBetween(7500.0, 8000.0);
        assertThat(series(page, "chart-response", id(2, "max")).stream().mapToDouble(point -> point.get(1)))
                .as("customers are not touched by the stall")
                .allMatch(millis -> millis < 100);
    }

    @Test
    void drawsP99OverASecondWhereRequestsSufficeElseOverTheStage() {
        Page page = open(1280);

        List<List<Double>> frequent = series(page, "chart-response", id(0, "p99"));
        List<List<Double>> rare = series(page, "chart-response", id(1, "p99"));

        assertThat(frequent).contains(List.of(2000.0, p99(0, 42, 43)), List.of(3000.0, p99(0, 42, 43)));
        assertThat(rare)
                .contains(List.of(0.0, p99(1, 40, 54)), List.of(14000.0, p99(1, 40, 54)))
                .contains(List.of(-30000.0, p99(1, 10, 40)), List.of(0.0, p99(1, 10, 40)));
    }

    private static double p99(int operation, int fromSecond, int toSecond) {
        double[] responses = truth.requests().stream()
                .filter(r -> r.operation() == operation)
                .filter(r ->
                        r.t0Nanos() >= fromSecond * SyntheticRun.SECOND && r.t0Nanos() < toSecond * SyntheticRun.SECOND)
                .mapToDouble(r -> r.responseNanos() / 1e6)
                .sorted()
                .toArray();
        return Math.round(responses[(int) Math.ceil(0.99 * responses.length) - 1] * 1000) / 1000.0;
    }

    @Test
    void drawsTheLockFromItsRequestToItsReleaseOnTheAxisOfTheResponses() {
        Page page = open(1280);

        List<List<Double>> bars = series(page, "chart-locks", "locks");

        List<Double> longest = List.of(1200.0, 2000.0, 10000.0, 1.0);
        assertThat(bars).contains(longest);
        assertThat(page.evaluate(dataOf("chart-locks", "labels") + ".length")).isEqualTo(4);
        assertThat(number(page, pixel("chart-locks", 0, 2000)))
                .isEqualTo(number(page, pixel("chart-response", 1, 2000)));
        List<Double> drawn = numbers(page.evaluate("""
                () => {
                  const fill = getComputedStyle(document.documentElement).getPropertyValue('--everyone').trim();
                  const svg = document.querySelector('#chart-locks svg').getBoundingClientRect();
                  return [...document.querySelectorAll('#chart-locks svg path')]
                    .filter((path) => path.getAttribute('fill') === fill && !path.getAttribute('fill-opacity'))
                    .map((path) => path.getBoundingClientRect())
                    .sort((a, b) => b.width - a.width)
                    .slice(0, 1)
                    .flatMap((box) => [box.left - svg.left, box.right - svg.left]);
                }
                """));
        assertThat(drawn.get(0)).isCloseTo(number(page, pixel("chart-locks", 0, 2000)), within(1.0));
        assertThat(drawn.get(1)).isCloseTo(number(page, pixel("chart-locks", 0, 10000)), within(1.0));
    }

    @Test
    void tellsOfALockWhatTheServerSaid() {
        Page page = open(1280);
        page.locator("#chart-locks").scrollIntoViewIfNeeded();
        var box = page.locator("#chart-locks").boundingBox();

        page.mouse().move(box.x + number(page, pixel("chart-locks", 0, 5000)), box.y + 57);

        page.locator("#chart-locks .tip:visible").waitFor();
        assertThat(page.textContent("#chart-locks .tip:visible"))
                .contains(
                        "AccessExclusive on orders",
                        "waited 800 ms, held 8.00 s ± 0.5 ms",
                        "0:02.000",
                        "add token: alter table");
    }

    @Test
    void drawsEveryVictimsWaitInARowOfItsOwn() {
        Page page = open(1280);

        List<List<Double>> waits = series(page, "chart-locks", "waits");

        assertThat(waits).hasSize(40).allMatch(w -> w.get(0) >= 2000 && w.get(1) <= 10_000);
        assertThat(waits.stream().map(w -> w.get(2)).distinct()).hasSize(20);
    }

    @Test
    void drawsFailuresWhereTheirArrivalWas() {
        Page page = open(1280);

        List<List<Double>> failures = series(page, "chart-load", "failures");

        long failed = truth.requests().stream().filter(RequestRecord::failed).count();
        double drawn = failures.subList(0, failures.size() - 1).stream()
                .mapToDouble(point -> point.get(1) / 4)
                .sum();
        assertThat(failed).isPositive();
        assertThat(drawn).isEqualTo((double) failed);
        assertThat(failures).filteredOn(point -> point.get(1) > 0).allMatch(point -> point.get(0) == 2000);
    }

    @Test
    void drawsHowFarEachReplicaWasBehindOnTheSameAxisWithAGapWhereNobodyKnows() throws IOException {
        List<RunEvent> events = new ArrayList<>(truth.events());
        for (int tenth = 0; tenth < 700; tenth++) {
            long at = tenth * SyntheticRun.SECOND / 10;
            long late = Math.max(0, Math.min(at, 50 * SyntheticRun.SECOND) - 42 * SyntheticRun.SECOND);
            events.add(new RunEvent.ReplicaSampled(at, "replica-1", late, late, 5_000_000));
            if (tenth < 450 || tenth >= 500) {
                events.add(new RunEvent.ReplicaSampled(at, "replica-2", 0, 0, 5_000_000));
            }
        }
        events.sort(Comparator.comparingLong(RunEvent::atNanos));
        RunRecord followed = RunRecord.of(events, Requests.of(SyntheticRun.OPERATIONS, truth.requests()));
        Page page =
                open(written("replicas.html", Html.render(followed, Judge.judge(followed))), 1280, ColorScheme.LIGHT);

        List<List<Double>> one = series(page, "chart-replicas", "lag of replica-1");
        List<List<Double>> other = series(page, "chart-replicas", "lag of replica-2");

        assertThat(one).hasSize(700).contains(List.of(1900.0, 0.0), List.of(5000.0, 3000.0), List.of(12_000.0, 8000.0));
        assertThat(other).hasSize(651).contains(List.of(4900.0, 0.0), List.of(4900.0, Double.NaN));
        assertThat(number(page, pixel("chart-replicas", 0, 5000)))
                .isEqualTo(number(page, pixel("chart-response", 1, 5000)));
        assertThat(number(page, "document.querySelectorAll('#chart-replicas svg path').length"))
                .isGreaterThan(5);
        assertThat(page.textContent("figure:has(#chart-replicas) .says")).startsWith("At most: replica-1 8.00 s ±");
        page.focus("#chart-replicas");
        for (int i = 0; i < 20; i++) {
            page.keyboard().press("ArrowRight");
        }
        assertThat(page.textContent("#chart-readout")).contains("0:05", "replica-1 3.20 s behind");
        page.click("button[data-zoom=migration]");
        assertThat(number(page, CHART.formatted("chart-replicas") + ".getOption().dataZoom[0].startValue"))
                .isEqualTo(number(page, CHART.formatted("chart-response") + ".getOption().dataZoom[0].startValue"));
        assertThat(complaints).isEmpty();
    }

    @Test
    void drawsNoReplicasWhereThereAreNone() {
        Page page = open(1280);

        assertThat(page.locator("#chart-replicas").count()).isZero();
    }

    @Test
    void zoomsAllChartsTogether() {
        Page page = open(1280);

        page.click("button[data-zoom=migration]");

        List<Double> windows = numbers(page.evaluate("""
                ['chart-response', 'chart-locks', 'chart-load', 'chart-server'].flatMap((id) => {
                  const zoom = echarts.getInstanceByDom(document.getElementById(id)).getOption().dataZoom[0];
                  return [zoom.startValue, zoom.endValue];
                })
                """));
        assertThat(windows.get(0)).isBetween(-3000.0, -1.0);
        assertThat(windows.get(1)).isBetween(14_001.0, 17_000.0);
        assertThat(windows.subList(2, 8))
                .isEqualTo(List.of(
                        windows.get(0),
                        windows.get(1),
                        windows.get(0),
                        windows.get(1),
                        windows.get(0),
                        windows.get(1)));
    }

    @Test
    void drawsNothingOfWhatLiesOutsideOfTheWindow() {
        Page page = open(1280);
        String locksDrawn = """
                ['everyone', 'schema', 'fault'].map((name) => {
                  const fill = getComputedStyle(document.documentElement).getPropertyValue('--' + name).trim();
                  return document.querySelectorAll(`#chart-locks svg path[fill="${fill}"]:not([fill-opacity="0.13"])`).length;
                })
                """;
        List<Double> whole = numbers(page.evaluate(locksDrawn));

        page.click("#statement-1 .show");

        assertThat(whole).isEqualTo(List.of(3.0, 1.0, 1.0));
        assertThat(numbers(page.evaluate(locksDrawn))).isEqualTo(List.of(0.0, 1.0, 0.0));
        assertThat(
                        page.evaluate(
                                "[...document.querySelectorAll('#chart-response svg text')].some((t) => t.textContent === 'blocker')"))
                .isEqualTo(false);
    }

    @Test
    void pointsAtTheSameTimeInAllCharts() {
        Page page = open(1280);
        page.locator("#chart-response").scrollIntoViewIfNeeded();
        var box = page.locator("#chart-response").boundingBox();

        page.mouse().move(box.x + number(page, pixel("chart-response", 1, 5000)), box.y + box.height / 2);

        for (String chart : List.of("chart-locks", "chart-load", "chart-server")) {
            String pointer = CHART.formatted(chart) + ".getOption().xAxis[0].axisPointer";
            assertThat(page.evaluate(pointer + ".status")).as(chart).isEqualTo("show");
            assertThat(number(page, pointer + ".value")).as(chart).isCloseTo(5000, within(100.0));
        }
        page.locator("#chart-response .tip:visible").waitFor();
        assertThat(page.locator(".tip:visible").count()).isEqualTo(1);
        assertThat(page.textContent(".tip:visible")).contains("migration · add token", "AccessExclusive on orders");
        page.mouse().move(5, 5);
        page.locator(".tip:visible").waitFor(new Locator.WaitForOptions().setState(WaitForSelectorState.HIDDEN));
        assertThat(page.evaluate(CHART.formatted("chart-locks") + ".getOption().xAxis[0].axisPointer.status"))
                .isEqualTo("hide");
        assertThat(complaints).isEmpty();
    }

    @Test
    void dragsToZoomAndShowsAllOnDoubleClick() {
        Page page = open(1280);
        page.locator("#chart-response").scrollIntoViewIfNeeded();
        var box = page.locator("#chart-response").boundingBox();
        double from = number(page, pixel("chart-response", 1, 1000));
        double to = number(page, pixel("chart-response", 1, 11_000));
        double y = box.y + box.height / 2;

        page.mouse().move(box.x + from, y);
        page.mouse().down();
        page.mouse().move(box.x + to - 20, y);
        page.mouse().move(box.x + to, y);
        page.mouse().up();

        assertThat(number(page, CHART.formatted("chart-locks") + ".getOption().dataZoom[0].startValue"))
                .isCloseTo(1000, within(150.0));
        assertThat(number(page, CHART.formatted("chart-locks") + ".getOption().dataZoom[0].endValue"))
                .isCloseTo(11_000, within(150.0));
        page.mouse().dblclick(box.x + from, y);
        assertThat(number(page, CHART.formatted("chart-locks") + ".getOption().dataZoom[0].startValue"))
                .isEqualTo(-40_000);
        assertThat(complaints).isEmpty();
    }

    @Test
    void readsTheValuesOutAtTheKeyboard() {
        Page page = open(1280);

        page.focus("#chart-response");
        for (int i = 0; i < 10; i++) {
            page.keyboard().press("ArrowRight");
        }

        assertThat(page.textContent("#chart-readout"))
                .startsWith("0:02.50")
                .contains("migration", "add token", "AccessExclusive on orders");
        assertThat(page.textContent("#chart-readout")).contains("read-order: p50 7.");
        page.locator("#chart-response .tip:visible").waitFor();
        assertThat(page.locator(".tip:visible").count()).isEqualTo(1);
        assertThat(complaints).isEmpty();
    }

    @Test
    void hidesAndShowsAnOperation() {
        Page page = open(1280);
        String drawnInItsColor =
                "document.querySelectorAll(`#chart-response svg path[stroke=\"${getComputedStyle(document.documentElement).getPropertyValue('--op-0').trim()}\"]`).length";
        double before = number(page, drawnInItsColor);

        page.click("#legend-response button:has-text('read-order')");

        assertThat(before).isGreaterThanOrEqualTo(3);
        assertThat(number(page, drawnInItsColor)).isZero();
        assertThat(page.getAttribute("#legend-response button:has-text('read-order')", "aria-pressed"))
                .isEqualTo("false");
        page.click("#legend-response button:has-text('read-order')");
        assertThat(number(page, drawnInItsColor)).isEqualTo(before);
    }

    @Test
    void showsTextsOfTheUserAsTextWhateverIsInThem() throws IOException {
        String name = "</script><script>window.stolen=1</script><!-- \u2028 & \"'";
        String sql = "select '<img src=x onerror=\"window.stolen=2\">' -- {{x}} ${x}";
        RunRecord hostile = RunOnDisk.of(SyntheticRun.withTexts(name, sql), directory.resolve("hostile"));

        Page page = open(written("hostile.html", Html.render(hostile, Judge.judge(hostile))), 1280, ColorScheme.LIGHT);

        assertThat(page.textContent(".scenario")).isEqualTo(name);
        assertThat(page.textContent("#statement-0 code")).isEqualTo(sql);
        assertThat(page.evaluate("window.stolen === undefined && document.querySelectorAll('img').length === 0"))
                .isEqualTo(true);
        page.hover("#chart-locks");
        assertThat(
                        page.evaluate(
                                "JSON.parse(document.getElementById('report-data').textContent).locks.bars.some(b => b.what.includes('<img'))"))
                .isEqualTo(true);
        assertThat(complaints).isEmpty();
        assertThat(requested).hasSize(1);
    }

    /** The failed one is everywhere else in this class. An inconclusive one was killed in the middle. */
    @ParameterizedTest
    @CsvSource({"passed,1280,LIGHT", "passed,400,DARK", "inconclusive,1280,DARK", "inconclusive,400,LIGHT"})
    void showsPassedAndInconclusiveRunsToo(String status, int width, ColorScheme scheme) throws IOException {
        List<RunEvent> events = status.equals("passed")
                ? truth.eventsOfWhatPasses()
                : truth.events().stream()
                        .filter(event -> !(event instanceof RunEvent.RunEnded || event instanceof RunEvent.LoadEnded))
                        .toList();
        RunRecord other = RunRecord.of(events, Requests.of(SyntheticRun.OPERATIONS, truth.requests()));
        Verdict verdict = Judge.judge(other);
        assertThat(verdict.status().word()).isEqualTo(status);

        Page page = open(written(status + ".html", Html.render(other, verdict)), width, scheme);
        page.screenshot(new Page.ScreenshotOptions()
                .setFullPage(true)
                .setPath(SCREENSHOTS.resolve(
                        status + "-" + width + "-" + scheme.name().toLowerCase(java.util.Locale.ROOT) + ".png")));

        assertThat(page.textContent(".stamp")).containsIgnoringCase(status);
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        assertThat(complaints).isEmpty();
        assertThat(violations(page)).isEmpty();
    }

    @Test
    void staysReadableWhenItNeverCameToItsMigration() throws IOException {
        RunRecord broken = RunRecord.of(truth.events().subList(0, 4), Requests.of(List.of(), List.of()));
        Verdict verdict = Judge.judge(broken);

        Page page = open(written("broken.html", Html.render(broken, verdict)), 400, ColorScheme.LIGHT);

        assertThat(page.textContent("h1")).startsWith("No answer about this migration");
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(400);
        assertThat(complaints).isEmpty();
    }

    @Test
    void printsOnPaperInInk() {
        Page page = open(report, 1280, ColorScheme.DARK);

        byte[] pdf = page.pdf(new Page.PdfOptions().setFormat("A4").setPath(SCREENSHOTS.resolve("report.pdf")));

        assertThat(new String(pdf, 0, 5, StandardCharsets.US_ASCII)).isEqualTo("%PDF-");
        assertThat(complaints).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"1280,LIGHT", "1280,DARK", "400,LIGHT"})
    void hasNoAccessibilityViolations(int width, ColorScheme scheme) throws IOException {
        assertThat(violations(open(report, width, scheme))).isEmpty();
    }

    /** Everything that axe finds against the rules of accessibility and good practice, with the first places of each. */
    static List<?> violations(Page page) throws IOException {
        page.evaluate(axe());
        return (List<?>) page.evaluate("""
                async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] })).violations
                  .map((v) => v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | '))
                """);
    }

    static String axe() throws IOException {
        try (InputStream in = HtmlReportBrowserTest.class.getResourceAsStream(
                "/META-INF/resources/webjars/axe-core/4.6.3/axe.min.js")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String id(int operation, String quantile) {
        var key = SyntheticRun.OPERATIONS.get(operation);
        return key.service() + "/" + key.operation() + "/" + quantile;
    }

    private static String dataOf(String chart, String series) {
        return CHART.formatted(chart) + ".getOption().series.find((s) => s.id === '" + series + "').data";
    }

    private static String pixel(String chart, int xAxis, double millis) {
        return CHART.formatted(chart) + ".convertToPixel({ xAxisIndex: " + xAxis + " }, " + millis + ")";
    }

    private static List<List<Double>> series(Page page, String chart, String id) {
        List<?> points = (List<?>) page.evaluate(dataOf(chart, id));
        return points.stream().map(HtmlReportBrowserTest::numbers).toList();
    }

    private static double number(Page page, String expression) {
        return ((Number) page.evaluate(expression)).doubleValue();
    }

    private static List<Double> numbers(Object list) {
        return Arrays.stream(((List<?>) list).toArray())
                .map(value -> value == null ? Double.NaN : ((Number) value).doubleValue())
                .toList();
    }
}
