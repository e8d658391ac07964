package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Judge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reports of runs that are long: of five minutes at 2,000 requests a second, and of an hour. Their readings come as often as those of a short run.
 *
 * <p>{@code mvn -Pproofs -pl reports -am test -Dtest=LongRunReportTest} prints how long a browser takes over the first.
 */
@Tag("proof")
@Isolated("It times pages.")
class LongRunReportTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What a report may have, whatever it tells of. */
    private static final int MOST_BYTES = 2_500_000;

    @TempDir
    private static Path directory;

    private static Chromium chromium;
    private static Visits visits;

    @BeforeAll
    static void openBrowser() {
        chromium = Chromium.started();
        visits = new Visits(chromium.browser());
    }

    @AfterAll
    static void closeBrowser() {
        if (visits != null) {
            visits.close();
            chromium.close();
        }
    }

    @Test
    void anHourFitsIntoOneFile() throws IOException {
        Path report = written(stretched(directory.resolve("hour"), 52, 20));

        assertThat(Files.size(report)).isLessThan(MOST_BYTES);
    }

    /** Asserted beside a short run, because a busy machine makes both slow. */
    @Test
    void fiveMinutesAtTwoThousandASecondOpenAndFollowThePointerAsAShortRunDoes() throws IOException {
        RunRecord run = stretched(directory.resolve("minutes"), 5, 30);
        Path report = written(run);
        Path small = written(RunOnDisk.of(SyntheticRun.stalled(), directory.resolve("short")));
        long[] requests = {0};
        run.requests().forEach(request -> requests[0]++);
        assertThat(requests[0]).isGreaterThan(550_000);
        assertThat(Files.size(report)).isLessThan(MOST_BYTES);
        visits.open(small, 1280, ColorScheme.LIGHT);

        Timed shortRun = timed(small);
        Timed longRun = timed(report);

        String told = "five minutes at 2,000/s: " + longRun + "; a minute at 290/s: " + shortRun + "; "
                + Files.size(report) / 1000 + " kB";
        System.out.println(told);
        assertThat(visits.complaints()).isEmpty();
        assertThat(longRun.openMillis()).as(told).isLessThan(4 * shortRun.openMillis() + 1000);
        assertThat(longRun.hoverMillis()).as(told).isLessThan(4 * shortRun.hoverMillis() + 50);
    }

    /**
     * @param openMillis from the navigation to the charts
     * @param hoverMillis of one movement of the pointer over a chart, with all that follows from it
     */
    private record Timed(double openMillis, double hoverMillis) {}

    private static Timed timed(Path report) {
        long start = System.nanoTime();
        Page page = visits.open(report, 1280, ColorScheme.LIGHT);
        page.waitForFunction("document.querySelectorAll('#chart-percentiles svg path').length > 5");
        double open = (System.nanoTime() - start) / 1e6;
        page.locator("#chart-response").scrollIntoViewIfNeeded();
        var box = page.locator("#chart-response").boundingBox();
        int moves = 40;
        start = System.nanoTime();
        for (int i = 0; i < moves; i++) {
            page.mouse().move(box.x + box.width * (0.1 + 0.8 * i / moves), box.y + box.height / 2);
            page.evaluate("() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))");
        }
        return new Timed(open, (System.nanoTime() - start) / 1e6 / moves);
    }

    private static Path written(RunRecord run) throws IOException {
        return Files.writeString(
                Files.createTempFile(directory, "report", ".html"), Html.render(run, Judge.judge(run)));
    }

    /** The stalled run, everything in it so many times as long, with so many requests for each and as many readings a second. */
    private static RunRecord stretched(Path place, int times, int copies) throws IOException {
        SyntheticRun truth = SyntheticRun.stalled();
        RunOnDisk.of(truth, place);
        RunDirectory files = RunDirectory.existing(place);
        List<ObjectNode> events = new ArrayList<>();
        long lastSample = 0;
        for (String line : Files.readAllLines(files.events())) {
            ObjectNode event = (ObjectNode) JSON.readTree(line);
            boolean sample = event.get("event").asString().equals("serverSample");
            long before = lastSample;
            lengthen(event, times);
            long at = event.get("atNanos").asLong();
            for (int i = 1; sample && before > 0 && i < times; i++) {
                events.add(event.deepCopy().put("atNanos", before + (at - before) * i / times));
            }
            events.add(event);
            lastSample = sample ? at : before;
        }
        events.sort(Comparator.comparingLong(event -> event.get("atNanos").asLong()));
        Files.write(
                files.events(), events.stream().map(JSON::writeValueAsString).toList());
        Files.delete(files.requests());
        try (RequestLog.Writer log = new RequestLog.Writer(files.requests(), SyntheticRun.OPERATIONS)) {
            for (RequestRecord request : truth.requests()) {
                for (int i = 0; i < copies; i++) {
                    log.append(later(request, request.t0Nanos() * (times - 1) + i * 1_000_000L));
                }
            }
        }
        return RunRecord.read(files);
    }

    private static RequestRecord later(RequestRecord request, long nanos) {
        return new RequestRecord(
                request.operation(),
                request.outcome(),
                request.failedStatement(),
                request.backendPid(),
                request.t0Nanos() + nanos,
                request.t1Nanos() < 0 ? request.t1Nanos() : request.t1Nanos() + nanos,
                request.t2Nanos() < 0 ? request.t2Nanos() : request.t2Nanos() + nanos,
                request.t3Nanos() + nanos,
                request.sqlState(),
                request.attempts());
    }

    private static void lengthen(JsonNode node, int times) {
        if (node instanceof ObjectNode object) {
            for (Map.Entry<String, JsonNode> field : List.copyOf(object.properties())) {
                if (field.getKey().endsWith("Nanos") && field.getValue().isIntegralNumber()) {
                    object.put(field.getKey(), field.getValue().asLong() * times);
                } else {
                    lengthen(field.getValue(), times);
                }
            }
        } else {
            node.forEach(child -> lengthen(child, times));
        }
    }
}
