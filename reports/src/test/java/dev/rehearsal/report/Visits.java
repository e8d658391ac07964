package dev.rehearsal.report;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The pages that one test opens, what they complain of and what they ask for. */
final class Visits implements AutoCloseable {
    /** For a machine that is busy with other things: only a hang takes this long. */
    private static final double PATIENCE_MILLIS = 60_000;

    private final Browser browser;
    private final List<BrowserContext> contexts = new ArrayList<>();
    private final List<String> complaints = new ArrayList<>();
    private final List<String> requested = new ArrayList<>();

    Visits(Browser browser) {
        this.browser = browser;
    }

    Page open(Path file, int width, ColorScheme scheme) {
        BrowserContext context = browser.newContext(
                new Browser.NewContextOptions().setViewportSize(width, 900).setColorScheme(scheme));
        contexts.add(context);
        Page page = context.newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onConsoleMessage(message -> complaints.add(message.type() + ": " + message.text()));
        page.onPageError(complaints::add);
        page.onRequest(request -> requested.add(request.url()));
        page.navigate(file.toUri().toString());
        return page;
    }

    /** What has been written to the consoles, and errors of scripts; grows. */
    List<String> complaints() {
        return complaints;
    }

    /** Addresses; grows. */
    List<String> requested() {
        return requested;
    }

    @Override
    public void close() {
        contexts.forEach(BrowserContext::close);
    }
}
