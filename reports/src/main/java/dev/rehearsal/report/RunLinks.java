package dev.rehearsal.report;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;

/**
 * Where the figures of a page about several runs are from: one run's report, and its {@code result.json}.
 *
 * @param label of the run, as the page calls it
 * @param report relative to the page, as a URL has it
 * @param result likewise
 */
public record RunLinks(String label, String report, String result) {
    /**
     * @param page a file
     * @param run its directory
     */
    static RunLinks of(String label, Path page, Path run) {
        Path folder = page.toAbsolutePath().normalize().getParent();
        String relative = folder.relativize(run.toAbsolutePath().normalize()).toString();
        return new RunLinks(label, url(relative, "report.html"), url(relative, "result.json"));
    }

    private static String url(String folder, String file) {
        try {
            return new URI(null, null, "./" + (folder.isEmpty() ? "" : folder + "/") + file, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(folder, e);
        }
    }
}
