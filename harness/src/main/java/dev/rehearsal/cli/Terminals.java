package dev.rehearsal.cli;

import dev.rehearsal.rehearsal.Progress;
import java.io.PrintWriter;

/** What the launcher found out about the standard streams (the JVM can only ask about all of them together). */
final class Terminals {
    private Terminals() {}

    static Progress progress(PrintWriter err) {
        return Boolean.getBoolean("rehearsal.stderr.terminal") ? new LiveProgress(err) : new LineProgress(err);
    }

    /** Whether stdout is a terminal that wants colours (see no-color.org). */
    static boolean colouredOutput() {
        return Boolean.getBoolean("rehearsal.stdout.terminal") && System.getenv("NO_COLOR") == null;
    }
}
