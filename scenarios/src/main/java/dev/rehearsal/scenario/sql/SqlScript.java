package dev.rehearsal.scenario.sql;

import dev.rehearsal.scenario.sql.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * A text of SQL cut into its statements, where psql would cut it: at semicolons outside quotes, comments, parentheses and {@code begin
 * atomic} bodies.
 *
 * @param statements in order; empty ones are left out
 * @param faults what keeps the text from being run, in order
 */
public record SqlScript(List<Statement> statements, List<SqlFault> faults) {
    public SqlScript {
        statements = List.copyOf(statements);
        faults = List.copyOf(faults);
    }

    /**
     * One statement.
     *
     * @param text without the semicolon and without comments before and behind it
     * @param offset of its first character in the script, in UTF-16 units
     */
    public record Statement(String text, int offset) {}

    /** Cuts {@code text}. Faults are in the result, never thrown. */
    public static SqlScript split(String text) {
        return split(text, SqlLexer.tokens(text));
    }

    /**
     * Cuts the text of a schema as {@code pg_dump} writes it. What it says to psql alone ({@code \restrict}, {@code \connect} and the like) is
     * passed over; a command of psql that would change what the file means is a fault here too.
     */
    public static SqlScript splitDump(String text) {
        return split(text, SqlLexer.dumpTokens(text));
    }

    private static SqlScript split(String text, SqlLexer.Tokens tokens) {
        Splitter splitter = new Splitter(text, new ArrayList<>(tokens.faults()));
        tokens.significant().forEach(splitter::accept);
        splitter.end();
        splitter.faults.sort((a, b) -> Integer.compare(a.offset(), b.offset()));
        return new SqlScript(splitter.statements, splitter.faults);
    }

    private static final class Splitter {
        private final String text;
        private final List<SqlFault> faults;
        private final List<Statement> statements = new ArrayList<>();
        private final List<SqlToken> current = new ArrayList<>();
        private int parentheses;
        private int bodies;

        Splitter(String text, List<SqlFault> faults) {
            this.text = text;
            this.faults = faults;
        }

        void accept(SqlToken token) {
            if (token.kind() == Kind.SEMICOLON && parentheses == 0 && bodies == 0) {
                end();
                return;
            }
            if (token.isSymbol("(")) {
                parentheses++;
            } else if (token.isSymbol(")") && parentheses > 0) {
                parentheses--;
            } else if (token.kind() == Kind.WORD) {
                countBody(token);
            }
            current.add(token);
        }

        /** As psql counts: {@code begin atomic} opens a body only in a routine, inside it {@code case} and {@code begin} nest until their {@code end}. */
        private void countBody(SqlToken token) {
            if (bodies > 0) {
                if (token.isWord("CASE") || token.isWord("BEGIN")) {
                    bodies++;
                } else if (token.isWord("END")) {
                    bodies--;
                }
            } else if (token.isWord("ATOMIC")
                    && !current.isEmpty()
                    && current.getLast().isWord("BEGIN")
                    && isRoutine()) {
                bodies = 1;
            }
        }

        private boolean isRoutine() {
            return current.getFirst().isWord("CREATE")
                    && current.stream().limit(5).anyMatch(word -> word.isWord("FUNCTION") || word.isWord("PROCEDURE"));
        }

        void end() {
            parentheses = 0;
            bodies = 0;
            if (current.isEmpty()) {
                return;
            }
            int start = current.getFirst().start();
            if (readsStandardInput()) {
                faults.add(new SqlFault(
                        start, "copy … from stdin needs psql, which is not used here; write insert statements"));
            }
            statements.add(new Statement(text.substring(start, current.getLast().end()), start));
            current.clear();
        }

        private boolean readsStandardInput() {
            if (!current.getFirst().isWord("COPY")) {
                return false;
            }
            for (int i = 1; i < current.size(); i++) {
                if (current.get(i).isWord("STDIN") && current.get(i - 1).isWord("FROM")) {
                    return true;
                }
            }
            return false;
        }
    }
}
