package dev.rehearsal.report;

import dev.rehearsal.report.Check.Level;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict;
import java.util.List;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code gl-code-quality.json}: what GitLab shows beside a merge request's changes. One entry for everything that did not pass. */
public final class CodeQuality {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private CodeQuality() {}

    private record Entry(
            String description, String check_name, String fingerprint, String severity, Location location) {}

    private record Location(String path, Lines lines) {}

    private record Lines(int begin) {}

    /** With its last line's end. */
    public static String render(RunRecord run, Verdict verdict) {
        List<Entry> entries = Check.notPassed(run, verdict).stream()
                .map(check -> new Entry(
                        PlainText.forTerminal(check.message()),
                        check.rule(),
                        check.fingerprint(run),
                        severity(check.level()),
                        new Location(
                                PlainText.forTerminal(
                                        FileReference.path(check.place().file())),
                                new Lines(Math.max(1, check.place().line())))))
                .toList();
        return MAPPER.writeValueAsString(entries) + "\n";
    }

    private static String severity(Level level) {
        return switch (level) {
            case FAILED -> "critical";
            case INCONCLUSIVE -> "major";
            case TOLD, PASSED -> "info";
        };
    }
}
