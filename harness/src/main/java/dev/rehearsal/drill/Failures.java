package dev.rehearsal.drill;

import dev.rehearsal.migration.MigrationOutcome.Failure;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.scenario.Step.SqlStatement;
import java.util.List;
import java.util.Optional;

/** The words in which drills tell what went wrong. */
final class Failures {
    private static final int STATEMENT_CHARACTERS = 160;
    private static final int LISTED = 8;

    private Failures() {}

    /** Such as {@code `alter table orders add column token uuid`: column "token" … already exists (SQLState 42701)}. */
    static String told(Failure failure) {
        return failure.statement()
                        .map(statement -> "`" + oneLine(statement.text()) + "`: ")
                        .orElse("")
                + oneLine(failure.message())
                + failure.sqlState().map(state -> " (SQLState " + state + ")").orElse("");
    }

    static Optional<SourceLocation> place(Failure failure) {
        return failure.statement().map(SqlStatement::location);
    }

    /** On one line, and cut if it is long. */
    static String oneLine(String text) {
        String line = text.strip().replaceAll("\\s+", " ");
        return line.codePointCount(0, line.length()) <= STATEMENT_CHARACTERS
                ? line
                : line.substring(0, line.offsetByCodePoints(0, STATEMENT_CHARACTERS - 1)) + "…";
    }

    /** The first of them, and how many more there are. */
    static String listed(List<String> lines) {
        int more = lines.size() - LISTED;
        return String.join("; ", lines.stream().limit(LISTED).toList()) + (more > 0 ? "; and " + more + " more" : "");
    }
}
