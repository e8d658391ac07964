package dev.rehearsal.scenario.sql;

import java.util.Locale;

/**
 * One token of PostgreSQL's SQL.
 *
 * @param start of its first character in the text
 * @param end behind its last
 * @param text as written
 */
record SqlToken(Kind kind, int start, int end, String text) {
    enum Kind {
        /** An unquoted identifier or keyword. */
        WORD,
        /** {@code "…"}. */
        QUOTED_IDENTIFIER,
        /** {@code '…'}, {@code E'…'}, {@code $$…$$} and their relatives. */
        STRING,
        NUMBER,
        COMMENT,
        /** {@code :name}. */
        PARAMETER,
        SEMICOLON,
        /** {@code ::}, {@code :=} and every other single character of operators and punctuation. */
        SYMBOL
    }

    /** Whether this is the unquoted word {@code upperCase}, in any case. */
    boolean isWord(String upperCase) {
        return kind == Kind.WORD && text.equalsIgnoreCase(upperCase);
    }

    boolean isSymbol(String symbol) {
        return kind == Kind.SYMBOL && text.equals(symbol);
    }

    boolean isIdentifier() {
        return kind == Kind.WORD || kind == Kind.QUOTED_IDENTIFIER;
    }

    /** The name that the server understands: folded to lower case, or the text between the quotes. */
    String identifier() {
        if (kind == Kind.QUOTED_IDENTIFIER) {
            return text.substring(1, text.length() - 1).replace("\"\"", "\"");
        }
        return text.toLowerCase(Locale.ROOT);
    }
}
