package dev.rehearsal.scenario.sql;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a check constraint asks of single columns, as far as it is simple: comparisons with constants, lists, lengths, patterns and nulls, joined by
 * {@code and} and {@code or}.
 *
 * <p>Values that keep all limits meet the constraint if it was {@code understood}; of one that was not, the limits are what it asks at least.
 *
 * @param limits to be kept together; of an {@code or}, those of its first alternative that was understood
 * @param columns every name in the text that could be a column's
 */
public record CheckCondition(List<Limit> limits, boolean understood, Set<String> columns) {
    public CheckCondition {
        limits = List.copyOf(limits);
        columns = Set.copyOf(columns);
    }

    /** What is never a column's name without quotes. */
    private static final Set<String> WORDS = Set.of(
            "and", "or", "not", "is", "null", "true", "false", "any", "all", "array", "case", "when", "then", "else",
            "end");

    public enum Kind {
        AT_LEAST,
        ABOVE,
        AT_MOST,
        BELOW,
        ONE_OF,
        NONE_OF,
        LENGTH_AT_LEAST,
        LENGTH_AT_MOST,
        /** A POSIX regular expression that must be found in the value. */
        MATCHES,
        IS_NULL,
        IS_NOT_NULL
    }

    /**
     * One demand on one column.
     *
     * @param values constants as written, without quotes; several only of {@code ONE_OF} and {@code NONE_OF}, none for nulls
     */
    public record Limit(String column, Kind kind, List<String> values) {
        public Limit {
            values = List.copyOf(values);
        }
    }

    /** Reads an expression as the server writes it: {@code ((quantity > 0) AND (quantity <= 100))}. Never fails; see {@code understood}. */
    public static CheckCondition read(String expression) {
        List<SqlToken> tokens = SqlLexer.tokens(expression).significant();
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < tokens.size(); i++) {
            boolean call = i + 1 < tokens.size() && tokens.get(i + 1).isSymbol("(");
            boolean type = i > 0 && tokens.get(i - 1).isSymbol("::");
            boolean word = tokens.get(i).kind() == SqlToken.Kind.WORD
                    && WORDS.contains(tokens.get(i).identifier());
            if (tokens.get(i).isIdentifier() && !call && !type && !word) {
                names.add(tokens.get(i).identifier());
            }
        }
        Reader reader = new Reader(tokens);
        Clause clause = reader.either();
        boolean whole = clause.understood() && reader.at == tokens.size();
        return new CheckCondition(clause.limits(), whole, names);
    }

    /** A part of the expression. */
    private record Clause(List<Limit> limits, boolean understood) {
        static final Clause UNKNOWN = new Clause(List.of(), false);

        static Clause of(Limit limit) {
            return new Clause(List.of(limit), true);
        }
    }

    /** An operand: a column, the length of one, or constants. */
    private sealed interface Operand {
        record Column(String name, boolean length) implements Operand {}

        record Constants(List<String> values) implements Operand {}
    }

    private static final class Reader {
        private static final Set<String> LENGTHS = Set.of("length", "char_length", "character_length");
        /** Functions that leave a value's place in a range or list as it is, for values that we make. */
        private static final Set<String> TRANSPARENT = Set.of("btrim", "trim");

        private final List<SqlToken> tokens;
        private int at;

        Reader(List<SqlToken> tokens) {
            this.tokens = tokens;
        }

        Clause either() {
            List<Clause> alternatives = new ArrayList<>();
            do {
                alternatives.add(all());
            } while (word("OR"));
            if (alternatives.size() == 1) {
                return alternatives.getFirst();
            }
            return merged(alternatives)
                    .orElseGet(() -> alternatives.stream()
                            .filter(Clause::understood)
                            // "x is null or …" is about the values that are there.
                            .sorted((one, other) -> Boolean.compare(isNull(one), isNull(other)))
                            .findFirst()
                            .orElse(Clause.UNKNOWN));
        }

        private static boolean isNull(Clause clause) {
            return clause.limits().stream().allMatch(limit -> limit.kind() == Kind.IS_NULL);
        }

        /** {@code a = 1 or a = 2} is a list. */
        private static Optional<Clause> merged(List<Clause> alternatives) {
            List<String> values = new ArrayList<>();
            Set<String> columns = new LinkedHashSet<>();
            for (Clause clause : alternatives) {
                if (!clause.understood()
                        || clause.limits().size() != 1
                        || clause.limits().getFirst().kind() != Kind.ONE_OF) {
                    return Optional.empty();
                }
                values.addAll(clause.limits().getFirst().values());
                columns.add(clause.limits().getFirst().column());
            }
            return columns.size() == 1
                    ? Optional.of(Clause.of(new Limit(columns.iterator().next(), Kind.ONE_OF, values)))
                    : Optional.empty();
        }

        private Clause all() {
            List<Limit> limits = new ArrayList<>();
            boolean understood = true;
            do {
                Clause clause = one();
                limits.addAll(clause.limits());
                understood &= clause.understood();
            } while (word("AND"));
            return new Clause(limits, understood);
        }

        /** One condition; what is not understood is passed over up to the next AND, OR or closing parenthesis. */
        private Clause one() {
            int start = at;
            if (word("NOT")) {
                Optional<Operand> truth = operand();
                if (truth.isPresent() && truth.get() instanceof Operand.Column column && !column.length() && ends()) {
                    return Clause.of(new Limit(column.name(), Kind.ONE_OF, List.of("false")));
                }
            } else {
                Optional<Clause> comparison = comparison();
                if (comparison.isPresent() && ends()) {
                    return comparison.get();
                }
                at = start;
                if (symbol("(")) {
                    Clause inner = either();
                    if (symbol(")") && ends()) {
                        return inner;
                    }
                }
            }
            at = start;
            skip();
            return Clause.UNKNOWN;
        }

        private boolean ends() {
            return at == tokens.size() || tokens.get(at).isSymbol(")") || isWord("AND") || isWord("OR");
        }

        private void skip() {
            int depth = 0;
            while (at < tokens.size()) {
                SqlToken token = tokens.get(at);
                if (depth == 0 && (token.isSymbol(")") || isWord("AND") || isWord("OR"))) {
                    return;
                }
                depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
                at++;
            }
        }

        private Optional<Clause> comparison() {
            Optional<Operand> left = operand();
            if (left.isEmpty()) {
                return Optional.empty();
            }
            if (left.get() instanceof Operand.Column column && !column.length()) {
                if (ends()) {
                    return Optional.of(Clause.of(new Limit(column.name(), Kind.ONE_OF, List.of("true"))));
                }
                if (word("IS")) {
                    boolean not = word("NOT");
                    return word("NULL")
                            ? Optional.of(Clause.of(
                                    new Limit(column.name(), not ? Kind.IS_NOT_NULL : Kind.IS_NULL, List.of())))
                            : Optional.empty();
                }
            }
            String operator = operator();
            boolean any = false;
            if (word("ANY") || word("ALL")) {
                any = true;
            }
            Optional<Operand> right = operand();
            if (right.isEmpty()) {
                return Optional.empty();
            }
            if (left.get() instanceof Operand.Column column && right.get() instanceof Operand.Constants constants) {
                return limit(column, operator, constants.values(), any);
            }
            if (left.get() instanceof Operand.Constants constants && right.get() instanceof Operand.Column column) {
                return limit(column, mirrored(operator), constants.values(), any);
            }
            return Optional.empty();
        }

        private static String mirrored(String operator) {
            return switch (operator) {
                case ">" -> "<";
                case ">=" -> "<=";
                case "<" -> ">";
                case "<=" -> ">=";
                default -> operator;
            };
        }

        private static Optional<Clause> limit(
                Operand.Column column, String operator, List<String> values, boolean list) {
            if (column.length()) {
                return list || values.size() != 1
                        ? Optional.empty()
                        : length(column.name(), operator, values.getFirst());
            }
            Optional<Kind> kind = switch (operator) {
                case "=" -> Optional.of(Kind.ONE_OF);
                case "<>" -> Optional.of(Kind.NONE_OF);
                case ">" -> Optional.of(Kind.ABOVE);
                case ">=" -> Optional.of(Kind.AT_LEAST);
                case "<" -> Optional.of(Kind.BELOW);
                case "<=" -> Optional.of(Kind.AT_MOST);
                case "~" -> Optional.of(Kind.MATCHES);
                default -> Optional.empty();
            };
            return kind.filter(found -> values.size() == 1 || found == Kind.ONE_OF || found == Kind.NONE_OF)
                    .map(found -> Clause.of(new Limit(column.name(), found, values)));
        }

        private static Optional<Clause> length(String column, String operator, String value) {
            int length;
            try {
                length = Integer.parseInt(value);
            } catch (NumberFormatException notWhole) {
                return Optional.empty();
            }
            return switch (operator) {
                case "=" ->
                    Optional.of(new Clause(
                            List.of(
                                    new Limit(column, Kind.LENGTH_AT_LEAST, List.of(value)),
                                    new Limit(column, Kind.LENGTH_AT_MOST, List.of(value))),
                            true));
                case "<>" ->
                    Optional.of(Clause.of(new Limit(column, Kind.LENGTH_AT_LEAST, List.of("" + (length + 1)))));
                case ">" -> Optional.of(Clause.of(new Limit(column, Kind.LENGTH_AT_LEAST, List.of("" + (length + 1)))));
                case ">=" -> Optional.of(Clause.of(new Limit(column, Kind.LENGTH_AT_LEAST, List.of(value))));
                case "<" -> Optional.of(Clause.of(new Limit(column, Kind.LENGTH_AT_MOST, List.of("" + (length - 1)))));
                case "<=" -> Optional.of(Clause.of(new Limit(column, Kind.LENGTH_AT_MOST, List.of(value))));
                default -> Optional.empty();
            };
        }

        private String operator() {
            StringBuilder operator = new StringBuilder();
            int end = -1;
            while (at < tokens.size()
                    && tokens.get(at).kind() == SqlToken.Kind.SYMBOL
                    && "<>=~!*@#%^&|".contains(tokens.get(at).text())
                    && (end < 0 || tokens.get(at).start() == end)) {
                operator.append(tokens.get(at).text());
                end = tokens.get(at).end();
                at++;
            }
            return operator.toString();
        }

        private Optional<Operand> operand() {
            int start = at;
            Optional<Operand> found = bare();
            if (found.isEmpty()) {
                at = start;
                return found;
            }
            while (symbol("::")) {
                type();
            }
            return found;
        }

        private Optional<Operand> bare() {
            if (symbol("(")) {
                Optional<Operand> inner = operand();
                return inner.isPresent() && symbol(")") ? inner : Optional.empty();
            }
            if (at >= tokens.size()) {
                return Optional.empty();
            }
            SqlToken token = tokens.get(at);
            if (token.isSymbol("-")
                    && at + 1 < tokens.size()
                    && tokens.get(at + 1).kind() == SqlToken.Kind.NUMBER) {
                at += 2;
                return Optional.of(
                        new Operand.Constants(List.of("-" + tokens.get(at - 1).text())));
            }
            if (token.kind() == SqlToken.Kind.NUMBER) {
                at++;
                return Optional.of(new Operand.Constants(List.of(token.text())));
            }
            if (token.kind() == SqlToken.Kind.STRING && token.text().startsWith("'")) {
                at++;
                String inner = token.text().substring(1, token.text().length() - 1);
                return Optional.of(new Operand.Constants(List.of(inner.replace("''", "'"))));
            }
            if (isWord("ARRAY")) {
                at++;
                return array();
            }
            if (isWord("TRUE") || isWord("FALSE")) {
                at++;
                return Optional.of(new Operand.Constants(List.of(token.identifier())));
            }
            return token.isIdentifier() ? named(token) : Optional.empty();
        }

        private Optional<Operand> named(SqlToken token) {
            at++;
            if (!symbol("(")) {
                return Optional.of(new Operand.Column(token.identifier(), false));
            }
            Optional<Operand> inner = operand();
            if (inner.isEmpty() || !symbol(")") || !(inner.get() instanceof Operand.Column column) || column.length()) {
                return Optional.empty();
            }
            if (TRANSPARENT.contains(token.identifier())) {
                return Optional.of(column);
            }
            return LENGTHS.contains(token.identifier())
                    ? Optional.of(new Operand.Column(column.name(), true))
                    : Optional.empty();
        }

        private Optional<Operand> array() {
            if (!symbol("[")) {
                return Optional.empty();
            }
            List<String> values = new ArrayList<>();
            do {
                Optional<Operand> value = operand();
                if (value.isEmpty() || !(value.get() instanceof Operand.Constants constants)) {
                    return Optional.empty();
                }
                values.addAll(constants.values());
            } while (symbol(","));
            return symbol("]") ? Optional.of(new Operand.Constants(values)) : Optional.empty();
        }

        /** {@code character varying(20)[]}, {@code public.mood}, {@code timestamp(3) without time zone}. */
        private void type() {
            boolean first = true;
            while (at < tokens.size()) {
                SqlToken token = tokens.get(at);
                boolean word = token.isIdentifier()
                        && (first
                                || tokens.get(at - 1).isSymbol(".")
                                || token.isWord("VARYING")
                                || token.isWord("PRECISION")
                                || token.isWord("WITH")
                                || token.isWord("WITHOUT")
                                || token.isWord("TIME")
                                || token.isWord("ZONE"));
                if (word || token.isSymbol(".")) {
                    at++;
                } else if (token.isSymbol("[")
                        && at + 1 < tokens.size()
                        && tokens.get(at + 1).isSymbol("]")) {
                    at += 2;
                } else if (token.isSymbol("(") && !first) {
                    while (at < tokens.size() && !tokens.get(at).isSymbol(")")) {
                        at++;
                    }
                    at++;
                } else {
                    return;
                }
                first = false;
            }
        }

        private boolean isWord(String word) {
            return at < tokens.size() && tokens.get(at).isWord(word);
        }

        private boolean word(String word) {
            if (isWord(word)) {
                at++;
                return true;
            }
            return false;
        }

        private boolean symbol(String symbol) {
            if (at < tokens.size() && tokens.get(at).isSymbol(symbol)) {
                at++;
                return true;
            }
            return false;
        }
    }
}
