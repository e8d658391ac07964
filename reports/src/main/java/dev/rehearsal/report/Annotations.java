package dev.rehearsal.report;

import dev.rehearsal.report.Check.Level;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict;
import java.util.List;

/**
 * GitHub's workflow commands: a line each that makes the runner put a note at a line of the change.
 *
 * <pre>
 * ::error file=db/0042.sql,line=1,col=1,title=AccessExclusive held on orders::`alter table orders …` held AccessExclusive on orders for 5.69 s …
 * </pre>
 */
public final class Annotations {
    private Annotations() {}

    /** Without line ends, one for everything that did not pass; GitHub shows the first ten of each kind. */
    public static List<String> of(RunRecord run, Verdict verdict) {
        return Check.notPassed(run, verdict).stream().map(Annotations::command).toList();
    }

    private static String command(Check check) {
        return "::" + kind(check.level()) + " file="
                + property(FileReference.path(check.place().file())) + ",line="
                + Math.max(1, check.place().line()) + ",col="
                + Math.max(1, check.place().column()) + ",title=" + property(check.subject()) + "::"
                + data(check.message());
    }

    private static String kind(Level level) {
        return switch (level) {
            case FAILED -> "error";
            case INCONCLUSIVE -> "warning";
            case TOLD, PASSED -> "notice";
        };
    }

    /** The runner turns %25, %0D and %0A back; line ends themselves would end the command. */
    private static String data(String text) {
        return PlainText.forTerminal(text).replace("%", "%25");
    }

    private static String property(String text) {
        return data(text).replace(":", "%3A").replace(",", "%2C");
    }
}
