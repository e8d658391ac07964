package dev.rehearsal.report;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Playwright;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The machine's own Chromium, headless. Nothing is downloaded: where there is none, a test is skipped with the reason, except in continuous
 * integration ({@code CI=true}), where it fails, so that nobody believes in a browser test that never ran.
 */
final class Chromium implements AutoCloseable {
    private static final String VARIABLE = "CHROMIUM";
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");

    private final Playwright playwright;
    private final Browser browser;

    private Chromium(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        try {
            browser = playwright
                    .chromium()
                    .launch(new BrowserType.LaunchOptions()
                            .setExecutablePath(executable)
                            .setHeadless(true)
                            .setArgs(List.of(
                                    "--no-sandbox",
                                    "--disable-gpu",
                                    "--disable-background-networking",
                                    "--disable-component-update",
                                    "--disable-domain-reliability",
                                    "--disable-sync",
                                    "--metrics-recording-only",
                                    "--no-first-run",
                                    "--no-pings")));
        } catch (RuntimeException e) {
            playwright.close();
            throw e;
        }
    }

    static Chromium started() {
        Optional<Path> executable = executable();
        if (executable.isEmpty()) {
            String reason = "no Chromium: set " + VARIABLE + " to its path, or put one of " + NAMES
                    + " on the PATH (Debian: apt-get install chromium)";
            if ("true".equals(System.getenv("CI"))) {
                fail(reason);
            }
            abort(reason);
        }
        return new Chromium(executable.orElseThrow());
    }

    private static Optional<Path> executable() {
        Stream<Path> named = Stream.ofNullable(System.getenv(VARIABLE)).map(Path::of);
        Stream<Path> onPath = NAMES.stream()
                .flatMap(name -> Arrays.stream(Optional.ofNullable(System.getenv("PATH"))
                                .orElse("")
                                .split(File.pathSeparator))
                        .map(folder -> Path.of(folder, name)));
        return Stream.concat(named, onPath).filter(Files::isExecutable).findFirst();
    }

    Browser browser() {
        return browser;
    }

    @Override
    public void close() {
        try {
            browser.close();
        } finally {
            playwright.close();
        }
    }
}
