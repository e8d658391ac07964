package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import dev.rehearsal.documentation.Manual;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a browser makes of {@code documentation.html}: it can be read, searched and walked through, and it asks nobody. */
class DocumentationBrowserTest {
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    @TempDir
    static Path directory;

    private static Chromium chromium;
    private static Path documentation;

    private final Visits visits = new Visits(chromium.browser());
    private final List<String> complaints = visits.complaints();
    private final List<String> requested = visits.requested();

    @BeforeAll
    static void makeOnce() throws IOException {
        chromium = Chromium.started();
        documentation = Files.writeString(
                directory.resolve("documentation.html"),
                Manual.read(Path.of(System.getProperty("rehearsal.home"))).html());
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

    private Page open(int width, ColorScheme scheme) {
        return visits.open(documentation, width, scheme);
    }

    @ParameterizedTest
    @CsvSource({"1280,LIGHT", "400,DARK"})
    void canBeReadAtEveryWidthInLightAndDark(int width, ColorScheme scheme) {
        Page page = open(width, scheme);

        page.screenshot(new Page.ScreenshotOptions()
                .setPath(SCREENSHOTS.resolve(
                        "documentation-" + width + "-" + scheme.name().toLowerCase(Locale.ROOT) + ".png")));

        assertThat(complaints).isEmpty();
        assertThat(page.evaluate("document.documentElement.scrollWidth")).isEqualTo(width);
        assertThat(page.locator("article h2").count()).isGreaterThan(15);
    }

    @Test
    void findsAHazardByItsNameAndLeadsToIt() {
        Page page = open(1280, ColorScheme.LIGHT);

        page.fill("#query", "volatile-default");
        page.press("#query", "Enter");

        assertThat(page.textContent("#results li:first-child a")).isEqualTo("volatile-default");
        assertThat(page.textContent("#results li:first-child"))
                .contains("in The scenario language", "computed for each row");
        assertThat(page.url()).endsWith("#scenarios/volatile-default");
        assertThat(
                        (Boolean)
                                page.evaluate(
                                        "(() => { const box = document.querySelector(':target').getBoundingClientRect(); return box.top >= 0 && box.bottom <= innerHeight; })()"))
                .isTrue();
        assertThat(complaints).isEmpty();
    }

    @Test
    void findsSectionsThatHaveAllWordsAndSaysSoWhereNoneHas() {
        Page page = open(1280, ColorScheme.LIGHT);

        page.fill("#query", "Zipf EXPONENT");
        assertThat(page.textContent("#found")).matches("[0-9]+ sections?:");
        assertThat(page.locator("#results li").allTextContents())
                .isNotEmpty()
                .allSatisfy(found -> assertThat(found.toLowerCase(Locale.ROOT)).containsAnyOf("zipf", "exponent"));

        page.fill("#query", "volatile xylophone");
        assertThat(page.textContent("#found")).isEqualTo("Nothing has all of these words.");

        page.keyboard().press("Escape");
        assertThat(page.isVisible("#results")).isFalse();
    }

    @Test
    void isSearchedByKeyboardFromAnywhere() {
        Page page = open(400, ColorScheme.LIGHT);

        page.keyboard().press("/");
        page.keyboard().type("lockHold");

        assertThat(page.inputValue("#query")).isEqualTo("lockHold");
        assertThat(page.textContent("#results li:first-child a")).isEqualTo("lockHold");
    }

    @Test
    void asksNoNetwork() {
        Page page = open(1280, ColorScheme.LIGHT);
        page.fill("#query", "rewrite");

        assertThat(requested).containsExactly(documentation.toUri().toString());
    }

    /** Of the first chapters, which have everything that occurs: axe takes a quarter of a minute for all of them. */
    @ParameterizedTest
    @CsvSource({"1280,DARK", "400,LIGHT"})
    void hasNoSeriousAccessibilityViolations(int width, ColorScheme scheme) throws IOException {
        Page page = open(width, scheme);
        page.fill("#query", "getting started");
        page.evaluate(
                "document.querySelectorAll('article:nth-of-type(n+3), nav li li').forEach((rest) => rest.remove())");

        assertThat(page.locator("article :is(table, pre, ul, h3, code)").count())
                .isGreaterThan(20);
        assertThat(violations(page)).isEmpty();
    }

    @Test
    @Tag("proof")
    void noChapterHasASeriousAccessibilityViolation() throws IOException {
        Page page = open(1280, ColorScheme.LIGHT);
        page.fill("#query", "replica");

        assertThat(violations(page)).isEmpty();
    }

    private static List<?> violations(Page page) throws IOException {
        page.evaluate(HtmlReportBrowserTest.axe());
        return (List<?>) page.evaluate("""
                async () => (await axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'best-practice'] })).violations
                  .filter((v) => v.impact === 'serious' || v.impact === 'critical')
                  .map((v) => v.id + ' (' + v.impact + '): ' + v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + ' ' + n.failureSummary).join(' | '))
                """);
    }
}
