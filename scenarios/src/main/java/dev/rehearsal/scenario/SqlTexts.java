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

    /**
     * The statements of a part of a file that is no part of the scenario language: what cannot be cut goes to the server as it is, which decides.
     */
    List<Piece> inSection(SourceFile file, MigrationScript.Section section) {
        problems.register(file);
        List<Piece> pieces = new ArrayList<>();
        int at = section.from();
        for (MigrationScript.Stretch whole : section.wholes()) {
            cut(file, at, whole.from(), false, pieces);
            cut(file, whole.from(), whole.to(), true, pieces);
            at = whole.to();
        }
        cut(file, at, section.to(), false, pieces);
        return pieces;
    }

    private static void cut(SourceFile file, int from, int to, boolean whole, List<Piece> pieces) {
        String text = file.text().substring(from, to);
        SqlScript script = SqlScript.split(text);
        boolean uncut =
                !script.faults().isEmpty() || (whole && script.statements().size() > 1);
        if (uncut && !text.isBlank()) {
            int start = from + text.indexOf(text.strip());
            pieces.add(new Piece(text.strip(), excerpt(file, start)));
            return;
        }
        script.statements()
                .forEach(statement ->
                        pieces.add(new Piece(statement.text(), excerpt(file, from + statement.offset()))));
    }

    private static SqlExcerpt excerpt(SourceFile file, int offset) {
        return new SqlExcerpt(file.lines(), new SourceLocation(file.name(), 1, 1), file.text(), offset, true);
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
