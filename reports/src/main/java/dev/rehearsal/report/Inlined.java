package dev.rehearsal.report;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that the page carries besides its words, so that it needs nothing else: styles, scripts, data.
 *
 * @param charts the chart library, under its licences' notices
 * @param data JSON that cannot end its element, whatever the texts in it
 * @param contentSecurityPolicy allows exactly the page's own two scripts and no request at all: what slipped into the page could not run
 */
public record Inlined(String styles, String charts, String script, String data, String contentSecurityPolicy) {
    private static final String ECHARTS = "/META-INF/resources/_static/echarts/6.0.0/";
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static Inlined with(ReportData data) {
        return with(data, "report.js", resource("report.css"));
    }

    /** Of a page about more than one run: its own script, and a sheet of its own after that of the report. */
    static Inlined with(Object data, String page) {
        return with(data, page + ".js", resource("report.css") + resource("overview.css"));
    }

    private static Inlined with(Object data, String scriptName, String styles) {
        String charts = licensed(resource(ECHARTS + "dist/echarts.min.js"));
        String script = resource(scriptName);
        return new Inlined(styles, charts, script, embeddable(data), policy(charts, script));
    }

    private static String licensed(String library) {
        // The library's own header refers to its notice and carries no BSD notice of the parts taken from d3.
        String notices = resource(ECHARTS + "NOTICE") + "\n\n" + resource(ECHARTS + "licenses/LICENSE-d3");
        if (notices.contains("*/")) {
            throw new IllegalStateException("a licence notice of ECharts would end its comment");
        }
        return "/*!\n" + notices + "\n*/\n" + library;
    }

    /** JSON in which no text can close the script element, open a comment in it, or break a line of it. */
    static String embeddable(Object data) {
        // These characters occur within strings only, where JSON allows their escapes.
        return MAPPER.writeValueAsString(data)
                .replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    /** Lets exactly these scripts run, and nothing be asked for. */
    static String policy(String... scripts) {
        StringBuilder policy =
                new StringBuilder("default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src");
        for (String script : scripts) {
            policy.append(" 'sha256-").append(sha256(script)).append('\'');
        }
        return policy.append("; base-uri 'none'; form-action 'none'").toString();
    }

    private static String sha256(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** Line ends as a browser reads them, or the policy's hashes would not be theirs. */
    static String resource(String name) {
        try (InputStream in = Inlined.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("missing from the class path: " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("\r\n", "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
