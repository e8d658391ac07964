package dev.rehearsal.report;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import java.util.Map;

/** The templates, made into classes when the project was built. */
final class Pages {
    private static final int EXPECTED_CHARACTERS = 1 << 21;

    private Pages() {}

    static String render(String template, Map<String, Object> parameters) {
        StringOutput output = new StringOutput(EXPECTED_CHARACTERS);
        render(template, parameters, output);
        return output.toString();
    }

    static void render(String template, Map<String, Object> parameters, TemplateOutput to) {
        TemplateEngine.createPrecompiled(
                        null, ContentType.Html, Pages.class.getClassLoader(), "dev.rehearsal.report.templates")
                .render(template, parameters, to);
    }
}
