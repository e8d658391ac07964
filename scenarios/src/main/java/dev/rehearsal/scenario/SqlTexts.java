package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.SqlFault;
import dev.rehearsal.scenario.sql.SqlScript;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Cuts the SQL of a scenario into statements and remembers where each stands. */
final class SqlTexts {
    private final Problems problems;
    private final Map<String, SqlExcerpt> excerpts = new LinkedHashMap<>();

    SqlTexts(Problems problems) {
        this.problems = problems;
    }

    /** One statement and its place. */
    record Piece(String text, SqlExcerpt excerpt) {
        SourceLocation location() {
            return excerpt.at(0);
        }

        Step.SqlStatement statement() {
            return new Step.SqlStatement(text, location());
        }
    }

    /** The statements of a text in the scenario. Its faults, and that it has none, are reported. */
    List<Piece> inScalar(Value value) {
        String text = value.text("write SQL");
        List<String> lines = problems.lines(value.location().file());
        if (value.scalar().isEmpty()) {
            return List.of();
        }
        return cut(new SqlExcerpt(lines, value.location(), text, 0, false), value);
    }

    /** The statements of a file that {@code value} names. */
    List<Piece> inFile(SourceFile file, Value value) {
        problems.register(file);
        SourceLocation start = new SourceLocation(file.name(), 1, 1);
        return cut(new SqlExcerpt(file.lines(), start, file.text(), 0, true), value);
    }

    private List<Piece> cut(SqlExcerpt whole, Value value) {
        SqlScript script = SqlScript.split(whole.text());
        for (SqlFault fault : script.faults()) {
            problems.add(whole.at(fault.offset()), value.path(), fault.message());
        }
        if (script.statements().isEmpty() && script.faults().isEmpty()) {
            value.problem("holds no SQL statement");
        }
        List<Piece> pieces = new ArrayList<>();
        for (SqlScript.Statement statement : script.statements()) {
            pieces.add(new Piece(
                    statement.text(),
                    new SqlExcerpt(whole.lines(), whole.start(), whole.text(), statement.offset(), whole.wholeFile())));
        }
        return pieces;
    }

    /** Remembers a statement under the path that {@link Sources#at(String, int)} takes. */
    void remember(String path, Piece piece) {
        excerpts.put(path, piece.excerpt());
    }

    Map<String, SqlExcerpt> remembered() {
        return excerpts;
    }
}
