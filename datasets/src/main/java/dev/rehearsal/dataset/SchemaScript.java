package dev.rehearsal.dataset;

import dev.rehearsal.scenario.sql.SqlScript;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A schema file cut into what runs before the rows and what runs after.
 *
 * <p>The cut is behind the last {@code CREATE TABLE}; within each part the file's order counts. So the file decides: a key that is written into its
 * table is there while rows come in (slower), one that is written below is built afterwards in one go.
 */
record SchemaScript(List<Statement> beforeRows, List<Statement> afterRows) {
    private static final Pattern CREATE_TABLE =
            Pattern.compile("(?i)create\\s+(unlogged\\s+)?(foreign\\s+)?table\\b.*", Pattern.DOTALL);
    private static final Pattern CREATE_INDEX =
            Pattern.compile("(?i)create\\s+(unique\\s+)?index\\b(?!\\s+concurrently).*", Pattern.DOTALL);
    private static final Pattern ADD_CONSTRAINT =
            Pattern.compile("(?i)alter\\s+table\\b.*?\\badd\\b.*", Pattern.DOTALL);
    private static final Pattern IDENTIFIER = Pattern.compile("\"((?:[^\"]|\"\")+)\"|[\\p{L}_][\\p{L}\\p{N}_$]*");

    SchemaScript {
        beforeRows = List.copyOf(beforeRows);
        afterRows = List.copyOf(afterRows);
    }

    /**
     * One statement.
     *
     * @param sql without the comments before it
     * @param offset of its first character in the file's text
     */
    record Statement(String sql, int offset) {
        /** A short text for people: the first words. */
        String title() {
            String line = sql.replaceAll("\\s+", " ");
            return line.length() <= 60 ? line : line.substring(0, 59) + "…";
        }

        /** What may run at the same time as this. */
        Kind kind() {
            if (CREATE_INDEX.matcher(sql).matches()) {
                return Kind.INDEX;
            }
            return ADD_CONSTRAINT.matcher(sql).matches() ? Kind.CONSTRAINT : Kind.OTHER;
        }

        /** Which of {@code tables} the statement names. */
        Set<String> tablesAmong(Set<String> tables) {
            Set<String> named = new TreeSet<>();
            Matcher identifier = IDENTIFIER.matcher(sql);
            while (identifier.find()) {
                String quoted = identifier.group(1);
                String name =
                        quoted == null ? identifier.group().toLowerCase(Locale.ROOT) : quoted.replace("\"\"", "\"");
                if (tables.contains(name)) {
                    named.add(name);
                }
            }
            return named;
        }

        private boolean createsTable() {
            return CREATE_TABLE.matcher(sql).matches();
        }
    }

    /** By the lock that a statement takes on the tables it names. */
    enum Kind {
        /** Share: beside other indexes, also of the same table. */
        INDEX,
        /** Up to AccessExclusive: alone on its tables. */
        CONSTRAINT,
        /** Not known: nothing beside it. */
        OTHER
    }

    /** Cuts a file's text. */
    static SchemaScript of(String text) {
        List<Statement> statements = SqlScript.split(text).statements().stream()
                .map(statement -> new Statement(statement.text(), statement.offset()))
                .toList();
        int cut = 0;
        for (int i = 0; i < statements.size(); i++) {
            if (statements.get(i).createsTable()) {
                cut = i + 1;
            }
        }
        return new SchemaScript(statements.subList(0, cut), statements.subList(cut, statements.size()));
    }
}
