package dev.rehearsal.report;

import java.util.List;
import java.util.Map;

/** The documentation as one offline page: a table of contents, a search, the chapters. It looks like the reports, because it is read beside them. */
public final class DocumentationHtml {
    private DocumentationHtml() {}

    /**
     * @param id of its first heading
     * @param html trusted: made of the repository's own pages, with whatever HTML they hold escaped
     */
    public record Chapter(String id, String title, List<Section> sections, String html) {
        public Chapter {
            sections = List.copyOf(sections);
        }
    }

    /** @param id of its heading */
    public record Section(String id, String title) {}

    /** @param contentSecurityPolicy lets the page's own script run and nothing be asked for */
    public record Page(
            String title, List<Chapter> chapters, String styles, String script, String contentSecurityPolicy) {
        public Page {
            chapters = List.copyOf(chapters);
        }
    }

    public static String render(String title, List<Chapter> chapters) {
        String script = Inlined.resource("documentation.js");
        Page page = new Page(
                title,
                chapters,
                Inlined.resource("report.css") + Inlined.resource("documentation.css"),
                script,
                Inlined.policy(script));
        return Pages.render("documentation.jte", Map.of("page", page));
    }
}
