package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.rehearsal.compare.Comparison;
import dev.rehearsal.compare.Side;
import dev.rehearsal.run.FileJournal;
import dev.rehearsal.run.RequestLog;
import dev.rehearsal.run.RequestRecord;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Judge;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages that tell of more than one run, in a browser. */
class PagesOfSeveralRunsBrowserTest {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    private static Path directory;

    private static Chromium chromium;

    @BeforeAll
    static void write() throws IOException {
        chromium = Chromium.started();
        List<Side.Found> runs = new ArrayList<>();
        for (int second = 1; second <= 3; second++) {
            RunDirectory files = RunDirectory.create(
                    directory.resolve("runs"),
                    "orders-add-token",
                    Instant.parse("2026-11-22T10:15:00Z").plusSeconds(second));
            SyntheticRun truth = SyntheticRun.stalled();
            try (FileJournal journal = new FileJournal(files.events());
                    RequestLog.Writer requests = new RequestLog.Writer(files.requests(), SyntheticRun.OPERATIONS)) {
                truth.events().forEach(journal::record);
                for (RequestRecord request : truth.requests()) {
                    requests.append(request);
                }
            }
            Reports.write(files);
            RunRecord run = RunRecord.read(files);
            runs.add(new Side.Found(files, run, Judge.judge(run)));
        }
        Path compare = directory.resolve("compare.html");
        Files.writeString(compare, ComparisonHtml.render(Comparison.of(Side.named(runs)), compare));
        Files.writeString(
                directory.resolve("index.html"),
                RunIndex.of(directory.resolve("runs")).html());
        Files.writeString(
                directory.resolve("sweep.html"), SweepReportTest.report().html());
        Files.createDirectories(SCREENSHOTS);
    }

    @AfterAll
    static void closeBrowser() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"compare", "index", "sweep"})
    void isReadableAtEveryWidthByEverybodyAndAsksNoNetwork(String name) throws IOException {
        try (Visits visits = new Visits(chromium.browser())) {
            Path file = directory.resolve(name + ".html");
            List<Page> pages = new ArrayList<>();
            for (int width : new int[] {400, 1280}) {
                Page page = visits.open(file, width, width == 400 ? ColorScheme.DARK : ColorScheme.LIGHT);
                page.screenshot(new Page.ScreenshotOptions()
                        .setFullPage(true)
                        .setPath(SCREENSHOTS.resolve(name + "-" + width + ".png")));
                assertThat(page.evaluate("document.documentElement.scrollWidth"))
                        .isEqualTo(width);
                pages.add(page);
            }
            // Before axe, which complains of its own ways with canvases.
            assertThat(visits.complaints()).isEmpty();
            assertThat(visits.requested()).containsOnly(file.toUri().toString());
            for (Page page : pages) {
                assertThat(HtmlReportBrowserTest.violations(page)).isEmpty();
            }
        }
    }
}
