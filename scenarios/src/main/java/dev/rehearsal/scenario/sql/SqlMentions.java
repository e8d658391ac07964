package dev.rehearsal.scenario.sql;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What one statement of an application speaks of, as far as its words tell.
 *
 * @param names every identifier and keyword in it, folded
 * @param allColumns it selects or returns {@code *}
 * @param positionalInsert the table that it inserts into without naming columns
 */
public record SqlMentions(Set<String> names, boolean allColumns, Optional<String> positionalInsert) {
    public SqlMentions {
        names = Set.copyOf(names);
    }

    public static SqlMentions of(String statement) {
        List<SqlToken> tokens = SqlLexer.tokens(statement).significant();
        Set<String> names = new LinkedHashSet<>();
        boolean all = false;
        for (int i = 0; i < tokens.size(); i++) {
            SqlToken token = tokens.get(i);
            if (token.isIdentifier()) {
                names.add(token.identifier());
            }
            all = all || (token.isSymbol("*") && i > 0 && beginsList(tokens.get(i - 1)));
        }
        return new SqlMentions(names, all, positionalInsert(tokens));
    }

    /** In {@code count(*)} a parenthesis stands before it, in {@code a * b} a value. */
    private static boolean beginsList(SqlToken before) {
        return before.isWord("SELECT")
                || before.isWord("DISTINCT")
                || before.isWord("ALL")
                || before.isWord("RETURNING")
                || before.isSymbol(",")
                || before.isSymbol(".");
    }

    private static Optional<String> positionalInsert(List<SqlToken> tokens) {
        for (int i = 0; i + 2 < tokens.size(); i++) {
            if (tokens.get(i).isWord("INSERT") && tokens.get(i + 1).isWord("INTO")) {
                TokenReader reader = new TokenReader(tokens.subList(i + 2, tokens.size()));
                Optional<String> table = reader.qualifiedName();
                if (reader.take("AS")) {
                    reader.identifier();
                }
                if (table.isPresent() && (reader.take("VALUES") || reader.take("SELECT") || reader.take("TABLE"))) {
                    return table;
                }
            }
        }
        return Optional.empty();
    }
}
