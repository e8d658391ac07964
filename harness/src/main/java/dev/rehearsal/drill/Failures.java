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

    /** What makes a statement repeatable that its own remains stopped, to go on with after a sentence. */
    static Optional<String> remedy(String sqlState) {
        return switch (sqlState) {
            case "42701" -> Optional.of(" Write add column if not exists.");
            case "42P07", "42P06", "42723" -> Optional.of(" Write “if not exists”, or “or replace”.");
            case "42710" -> Optional.of(" Drop it first, with if exists.");
            case "42703", "42P01", "42704", "42883", "3F000" -> Optional.of(" Write if exists.");
            default -> Optional.empty();
        };
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
