package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict;
import gg.jte.output.WriterOutput;
import java.io.Writer;
import java.util.Map;

/**
 * {@code report.html}: one file that needs nothing else and asks no network, for a screen of any width and for paper.
 *
 * <p>Its order is the reader's: the verdict in a sentence, the objectives, then one time axis with everything on it, then the tables that the
 * figures come from. Every text of the user's is escaped by the template; a content security policy lets nothing run but the page's own
 * scripts.
 */
public final class Html {
    private static final String TEMPLATE = "report.jte";

    private Html() {}

    /** The whole page. */
    public static String render(RunRecord run, Verdict verdict) {
        return Pages.render(TEMPLATE, parameters(run, verdict));
    }

    /**
     * Writes the whole page; does not close {@code to}.
     *
     * @param to encodes as UTF-8, which is what the page says it is
     */
    public static void render(RunRecord run, Verdict verdict, Writer to) {
        Pages.render(TEMPLATE, parameters(run, verdict), new WriterOutput(to));
    }

    private static Map<String, Object> parameters(RunRecord run, Verdict verdict) {
        ReportData data = ChartData.of(run, verdict);
        return Map.of("page", PageComposer.of(run, verdict, data), "inlined", Inlined.with(data));
    }
}
