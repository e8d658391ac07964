package dev.rehearsal.scenario.sql;

import dev.rehearsal.scenario.sql.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Cuts a text into tokens as PostgreSQL does with {@code standard_conforming_strings} on: backslashes escape in {@code E'…'} only, comments
 * nest, {@code $tag$} needs its own tag to end, and {@code $} may stand inside an identifier.
 */
final class SqlLexer {
    private final String text;
    private final List<SqlToken> tokens = new ArrayList<>();
    private final List<SqlFault> faults = new ArrayList<>();
    private final Set<String> passedOver;
    private int at;
    private int brackets;

    /** Commands of psql that tell it how to run a dump, and nothing about the schema. */
    private static final Set<String> DUMP_COMMANDS = Set.of(
            "\\restrict", "\\unrestrict", "\\connect", "\\c", "\\encoding", "\\echo", "\\qecho", "\\timing", "\\pset");

    private SqlLexer(String text, Set<String> passedOver) {
        this.text = text;
        this.passedOver = passedOver;
    }

    /** What was found in a text: all of it, comments included, even behind a fault. */
    record Tokens(List<SqlToken> all, List<SqlFault> faults) {
        List<SqlToken> significant() {
            return all.stream().filter(token -> token.kind() != Kind.COMMENT).toList();
        }
    }

    static Tokens tokens(String text) {
        return tokens(text, Set.of());
    }

    /** As {@link #tokens(String)}, without faults about what {@code pg_dump} says to psql. */
    static Tokens dumpTokens(String text) {
        return tokens(text, DUMP_COMMANDS);
    }

    private static Tokens tokens(String text, Set<String> passedOver) {
        SqlLexer lexer = new SqlLexer(text, passedOver);
        while (lexer.at < text.length()) {
            lexer.next();
        }
        return new Tokens(List.copyOf(lexer.tokens), List.copyOf(lexer.faults));
    }

    private void next() {
        char c = text.charAt(at);
        if (isSpace(c)) {
            at++;
        } else if (text.startsWith("--", at)) {
            lineComment();
        } else if (text.startsWith("/*", at)) {
            blockComment();
        } else if (c == '\'') {
            string(at, false);
        } else if (c == '"') {
            quotedIdentifier(at);
        } else if (c == '$') {
            dollar();
        } else if (isIdentifierStart(c)) {
            word();
        } else if (isDigit(c)) {
            number();
        } else if (c == ':') {
            colon();
        } else if (c == ';') {
            add(Kind.SEMICOLON, at, at + 1);
        } else if (c == '\\') {
            metaCommand();
        } else {
            symbol(c);
        }
    }

    private void add(Kind kind, int start, int end) {
        tokens.add(new SqlToken(kind, start, end, text.substring(start, end)));
        at = end;
    }

    private void lineComment() {
        int end = at;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        add(Kind.COMMENT, at, end);
    }

    private void blockComment() {
        int depth = 0;
        int end = at;
        do {
            if (text.startsWith("/*", end)) {
                depth++;
                end += 2;
            } else if (text.startsWith("*/", end)) {
                depth--;
                end += 2;
            } else {
                end++;
            }
        } while (depth > 0 && end < text.length());
        if (depth > 0) {
            faults.add(new SqlFault(at, "the comment that begins here never ends; close it with */"));
            end = text.length();
        }
        add(Kind.COMMENT, at, end);
    }

    /** @param start of the token, which may be a prefix such as {@code E} before the quote at {@link #at} */
    private void string(int start, boolean backslashes) {
        int end = at + 1;
        while (end < text.length()) {
            char c = text.charAt(end);
            if (c == '\\' && backslashes) {
                end += 2;
            } else if (c != '\'') {
                end++;
            } else if (end + 1 < text.length() && text.charAt(end + 1) == '\'') {
                end += 2;
            } else {
                add(Kind.STRING, start, end + 1);
                return;
            }
        }
        unterminated(Kind.STRING, start, "the string that begins here never ends; close it with '");
    }

    private void quotedIdentifier(int start) {
        int end = at + 1;
        while (end < text.length()) {
            if (text.charAt(end) != '"') {
                end++;
            } else if (end + 1 < text.length() && text.charAt(end + 1) == '"') {
                end += 2;
            } else {
                add(Kind.QUOTED_IDENTIFIER, start, end + 1);
                return;
            }
        }
        unterminated(Kind.STRING, start, "the quoted name that begins here never ends; close it with \"");
    }

    private void unterminated(Kind kind, int start, String message) {
        faults.add(new SqlFault(start, message));
        add(kind, start, text.length());
    }

    private void dollar() {
        int tagEnd = at + 1;
        if (tagEnd < text.length() && isIdentifierStart(text.charAt(tagEnd))) {
            while (tagEnd < text.length() && isIdentifierPart(text.charAt(tagEnd)) && text.charAt(tagEnd) != '$') {
                tagEnd++;
            }
        }
        if (tagEnd >= text.length() || text.charAt(tagEnd) != '$') {
            positionalParameter();
            return;
        }
        String tag = text.substring(at, tagEnd + 1);
        int close = text.indexOf(tag, tagEnd + 1);
        if (close < 0) {
            unterminated(
                    Kind.STRING, at, "the text that begins here with " + tag + " never ends; close it with " + tag);
        } else {
            add(Kind.STRING, at, close + tag.length());
        }
    }

    private void positionalParameter() {
        int end = at + 1;
        while (end < text.length() && isDigit(text.charAt(end))) {
            end++;
        }
        add(Kind.SYMBOL, at, end);
    }

    private void word() {
        int start = at;
        int end = at + 1;
        while (end < text.length() && isIdentifierPart(text.charAt(end))) {
            end++;
        }
        String word = text.substring(start, end);
        char behind = end < text.length() ? text.charAt(end) : ' ';
        if (behind == '\'' && isStringPrefix(word)) {
            at = end;
            string(start, word.equalsIgnoreCase("E"));
        } else if (behind == '&' && word.equalsIgnoreCase("U") && end + 1 < text.length() && isQuote(end + 1)) {
            at = end + 1;
            if (text.charAt(at) == '\'') {
                string(start, false);
            } else {
                quotedIdentifier(start);
            }
        } else {
            add(Kind.WORD, start, end);
        }
    }

    private boolean isQuote(int index) {
        return text.charAt(index) == '\'' || text.charAt(index) == '"';
    }

    private static boolean isStringPrefix(String word) {
        return word.length() == 1 && "eEbBxXnN".contains(word);
    }

    private void number() {
        int end = at + 1;
        while (end < text.length() && isNumberPart(end)) {
            end++;
        }
        add(Kind.NUMBER, at, end);
    }

    private boolean isNumberPart(int index) {
        char c = text.charAt(index);
        return isDigit(c) || c == '_' || c == '.' || Character.isLetter(c);
    }

    private void colon() {
        char behind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if (behind == ':' || behind == '=') {
            add(Kind.SYMBOL, at, at + 2);
        } else if (isIdentifierStart(behind) && !isSlice()) {
            int end = at + 2;
            while (end < text.length() && isIdentifierPart(text.charAt(end)) && text.charAt(end) != '$') {
                end++;
            }
            add(Kind.PARAMETER, at, end);
        } else {
            add(Kind.SYMBOL, at, at + 1);
        }
    }

    /** In {@code a[low:high]} the colon stands behind a value; in {@code a[:index]} and {@code array[:a, :b]} it begins a parameter. */
    private boolean isSlice() {
        if (brackets == 0) {
            return false;
        }
        for (int i = tokens.size() - 1; i >= 0; i--) {
            SqlToken before = tokens.get(i);
            if (before.kind() != Kind.COMMENT) {
                return before.kind() != Kind.SYMBOL || before.isSymbol(")") || before.isSymbol("]");
            }
        }
        return false;
    }

    private void metaCommand() {
        int end = at;
        while (end < text.length() && text.charAt(end) != '\n' && text.charAt(end) != '\r') {
            end++;
        }
        String command = text.substring(at, end).strip();
        int space = command.indexOf(' ');
        String name = space < 0 ? command : command.substring(0, space);
        if (passedOver.contains(name)) {
            at = end;
            return;
        }
        faults.add(new SqlFault(
                at,
                name + " is a command of psql, not SQL; the statements go to the server without psql, so write SQL"));
        at = end;
    }

    private void symbol(char c) {
        if (c == '[') {
            brackets++;
        } else if (c == ']' && brackets > 0) {
            brackets--;
        }
        int end = at + Character.charCount(text.codePointAt(at));
        add(Kind.SYMBOL, at, end);
    }

    private static boolean isSpace(char c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\u000b' || c == '\ufeff';
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isIdentifierStart(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c >= 0x80;
    }

    private static boolean isIdentifierPart(char c) {
        return isIdentifierStart(c) || isDigit(c) || c == '$';
    }
}
