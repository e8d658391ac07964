package dev.rehearsal.cli;

import dev.rehearsal.report.Annotations;
import dev.rehearsal.report.Reports;
import dev.rehearsal.run.RunDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;

/**
 * What a step of a GitHub workflow gets besides: annotations at the lines of the change, and the step's summary. Elsewhere nothing of it happens.
 *
 * <p>The runner takes every line that begins with {@code ::}, and every {@code ##[}, of either stream for a command. What the harness prints quotes SQL and
 * server messages, so that in a workflow both streams are {@link #defused}; only the annotations pass beside that.
 */
final class GitHubActions {
    private final boolean present;
    private final Optional<Path> stepSummary;

    private GitHubActions(boolean present, Optional<Path> stepSummary) {
        this.present = present;
        this.stepSummary = stepSummary;
    }

    static GitHubActions of(Map<String, String> environment) {
        boolean present = "true".equals(environment.get("GITHUB_ACTIONS"));
        return new GitHubActions(
                present,
                Optional.ofNullable(environment.get("GITHUB_STEP_SUMMARY"))
                        .filter(file -> present && !file.isBlank())
                        .map(Path::of));
    }

    /** The stream itself where no runner reads it. */
    PrintWriter defused(PrintWriter to) {
        return present ? new Defused(to) : to;
    }

    /**
     * To the standard error stream, because a result may be all of standard output; the runner reads both.
     *
     * @param err as {@link #defused} made it
     */
    void tell(RunDirectory directory, Reports.Written written, PrintWriter err) throws IOException {
        if (!present) {
            return;
        }
        PrintWriter commands = err instanceof Defused defused ? defused.commands : err;
        Annotations.of(written.run(), written.verdict()).forEach(commands::println);
        commands.flush();
        if (stepSummary.isPresent()) {
            Files.writeString(
                    stepSummary.get(),
                    Files.readString(directory.summaryMarkdown()) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        }
    }

    /** Text in which the runner finds no command. Not safe for use by several threads writing parts of one line. */
    private static final class Defused extends PrintWriter {
        private final PrintWriter commands;

        Defused(PrintWriter to) {
            super(new DefusedLines(to), false);
            this.commands = to;
        }

        @Override
        public void println() {
            super.println();
            flush();
        }
    }

    /** Holds a line back until it is whole or flushed: only then can be told what it begins with. */
    private static final class DefusedLines extends Writer {
        private final PrintWriter to;
        private final StringBuilder line = new StringBuilder();
        private boolean lineBegan;

        DefusedLines(PrintWriter to) {
            this.to = to;
        }

        @Override
        public void write(char[] characters, int from, int length) {
            for (int i = from; i < from + length; i++) {
                line.append(characters[i]);
                if (characters[i] == '\n') {
                    pass();
                    lineBegan = false;
                }
            }
        }

        private void pass() {
            if (!line.isEmpty()) {
                String text = line.toString().replace("##[", "#\\u0023[");
                String content = text.stripLeading();
                to.write(
                        !lineBegan && content.startsWith("::")
                                ? text.substring(0, text.length() - content.length()) + "\\u003a" + content.substring(1)
                                : text);
                lineBegan = true;
                line.setLength(0);
            }
        }

        @Override
        public void flush() {
            pass();
            to.flush();
        }

        @Override
        public void close() {
            flush();
        }
    }
}
