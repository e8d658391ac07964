package dev.rehearsal.scenario.sql;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Walks over the tokens of one statement. */
final class TokenReader {
    private final List<SqlToken> tokens;
    private int at;

    TokenReader(List<SqlToken> tokens) {
        this.tokens = tokens;
    }

    /** Takes these words if they come next, all or none. */
    boolean take(String... words) {
        if (!matches(at, words)) {
            return false;
        }
        at += words.length;
        return true;
    }

    boolean takeAny(String... words) {
        for (String word : words) {
            if (take(word)) {
                return true;
            }
        }
        return false;
    }

    private boolean matches(int from, String... words) {
        for (int i = 0; i < words.length; i++) {
            boolean same = from + i < tokens.size()
                    && (tokens.get(from + i).isWord(words[i])
                            || tokens.get(from + i).isSymbol(words[i]));
            if (!same) {
                return false;
            }
        }
        return true;
    }

    /** Whether the words stand anywhere in the rest, outside parentheses. */
    boolean containsSequence(String... words) {
        int depth = 0;
        for (int i = at; i < tokens.size(); i++) {
            if (tokens.get(i).isSymbol("(")) {
                depth++;
            } else if (tokens.get(i).isSymbol(")")) {
                depth--;
            } else if (depth == 0 && matches(i, words)) {
                return true;
            }
        }
        return false;
    }

    boolean contains(String word) {
        return containsSequence(word);
    }

    /** Moves behind the word, or in front of the parenthesis. */
    boolean skipTo(String word) {
        for (int i = at; i < tokens.size(); i++) {
            if (matches(i, word)) {
                at = word.equals("(") ? i : i + 1;
                return true;
            }
        }
        return false;
    }

    Optional<String> identifier() {
        if (at < tokens.size() && tokens.get(at).isIdentifier()) {
            return Optional.of(tokens.get(at++).identifier());
        }
        return Optional.empty();
    }

    /** {@code name} or {@code schema.name}; {@code public.} is left out. */
    Optional<String> qualifiedName() {
        Optional<String> name = identifier();
        while (name.isPresent() && take(".")) {
            String schema = name.get();
            name = identifier().map(inner -> schema.equals("public") ? inner : schema + "." + inner);
        }
        return name;
    }

    /** The elements of the parentheses that come next, cut at their commas; none if no parenthesis comes next. */
    List<List<SqlToken>> parenthesized() {
        if (!take("(")) {
            return List.of();
        }
        int start = at;
        int depth = 1;
        while (at < tokens.size() && depth > 0) {
            if (tokens.get(at).isSymbol("(")) {
                depth++;
            } else if (tokens.get(at).isSymbol(")")) {
                depth--;
            }
            at++;
        }
        return cut(tokens.subList(start, depth == 0 ? at - 1 : at));
    }

    List<List<SqlToken>> commaSeparated() {
        return cut(tokens.subList(at, tokens.size()));
    }

    private static List<List<SqlToken>> cut(List<SqlToken> tokens) {
        List<List<SqlToken>> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        for (int i = 0; i < tokens.size(); i++) {
            SqlToken token = tokens.get(i);
            if (token.isSymbol("(") || token.isSymbol("[")) {
                depth++;
            } else if (token.isSymbol(")") || token.isSymbol("]")) {
                depth--;
            } else if (depth == 0 && token.isSymbol(",")) {
                parts.add(tokens.subList(start, i));
                start = i + 1;
            }
        }
        parts.add(tokens.subList(start, tokens.size()));
        return parts;
    }

    /** The tokens up to one of the words, joined and folded. */
    String textUntil(Set<String> words) {
        StringBuilder text = new StringBuilder();
        while (at < tokens.size()
                && !(tokens.get(at).kind() == SqlToken.Kind.WORD
                        && words.contains(tokens.get(at).text().toUpperCase(Locale.ROOT)))) {
            SqlToken token = tokens.get(at++);
            boolean word = token.kind() == SqlToken.Kind.WORD;
            if (word && !text.isEmpty() && text.charAt(text.length() - 1) != '(') {
                text.append(' ');
            }
            text.append(token.text().toLowerCase(Locale.ROOT));
        }
        return text.toString();
    }
}
