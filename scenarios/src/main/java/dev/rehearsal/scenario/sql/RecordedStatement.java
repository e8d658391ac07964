package dev.rehearsal.scenario.sql;

import dev.rehearsal.scenario.sql.SqlToken.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntFunction;

/**
 * A statement as {@code pg_stat_statements} records it, with {@code $1}, {@code $2}, … where its constants were: which tables it names, which
 * functions it calls, and what stands beside each parameter. Read from its tokens alone; the server has the last word.
 *
 * @param verb its first word, in capitals
 * @param tables by the name that the statement calls them by, folded, with its schema if that was written
 * @param functions every word before a parenthesis, folded
 * @param parameters by number
 */
public record RecordedStatement(
        String text, String verb, Map<String, String> tables, Set<String> functions, Map<Integer, Role> parameters) {
    public RecordedStatement {
        tables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        functions = java.util.Collections.unmodifiableSet(new LinkedHashSet<>(functions));
        parameters = java.util.Collections.unmodifiableMap(new TreeMap<>(parameters));
    }

    /** What a parameter is there for. */
    public sealed interface Role {
        /**
         * Compared with a column.
         *
         * @param qualifier the table's name or alias; empty if none is written
         */
        record Compared(String qualifier, String column) implements Role {}

        /** Becomes a column's value, in an update or an insert. */
        record Assigned(String qualifier, String column) implements Role {}

        /** How many rows are wanted. */
        record Limit() implements Role {}

        /** How many rows are passed over. */
        record Offset() implements Role {}

        /** Nothing that could be read from where it stands. */
        record Unknown() implements Role {}
    }

    /** Words before a parenthesis that call nothing. */
    private static final Set<String> NO_FUNCTIONS = Set.of(
            "IN",
            "VALUES",
            "AND",
            "OR",
            "NOT",
            "EXISTS",
            "ANY",
            "ALL",
            "SOME",
            "ARRAY",
            "ROW",
            "CASE",
            "WHEN",
            "THEN",
            "ELSE",
            "ON",
            "USING",
            "WHERE",
            "SELECT",
            "FROM",
            "JOIN",
            "AS",
            "OVER",
            "FILTER",
            "WITHIN",
            "BY",
            "SET",
            "RETURNING",
            "HAVING",
            "UNION",
            "EXCEPT",
            "INTERSECT",
            "LATERAL",
            "CAST",
            "BETWEEN",
            "LIKE",
            "ILIKE",
            "LIMIT",
            "OFFSET",
            "DISTINCT",
            "MATERIALIZED",
            "CONFLICT",
            "INTO");

    /** Words that end a table's name, and so are no alias of it. */
    private static final Set<String> NO_ALIASES = Set.of(
            "WHERE",
            "JOIN",
            "INNER",
            "LEFT",
            "RIGHT",
            "FULL",
            "CROSS",
            "NATURAL",
            "ON",
            "USING",
            "SET",
            "VALUES",
            "GROUP",
            "ORDER",
            "HAVING",
            "LIMIT",
            "OFFSET",
            "FOR",
            "RETURNING",
            "UNION",
            "EXCEPT",
            "INTERSECT",
            "SELECT",
            "DEFAULT",
            "OVERRIDING",
            "WINDOW",
            "FETCH",
            "TABLESAMPLE",
            "WITH",
            "DO");

    /** Functions in whose parentheses FROM names no table. */
    private static final Set<String> WITH_FROM = Set.of("EXTRACT", "SUBSTRING", "TRIM", "OVERLAY", "POSITION");

    /** Types that stand before a constant to say what it is. */
    private static final Set<String> TYPES = Set.of("INTERVAL", "DATE", "TIMESTAMP", "TIMESTAMPTZ", "TIME");

    /** Reads a statement. */
    public static RecordedStatement read(String sql) {
        List<SqlToken> tokens = SqlLexer.tokens(sql).significant();
        return new Reader(sql, tokens).read();
    }

    /** The statement without comments, each parameter replaced. */
    public String with(IntFunction<String> replacement) {
        StringBuilder result = new StringBuilder();
        int copied = 0;
        String type = "";
        for (SqlToken token : SqlLexer.tokens(text).all()) {
            Optional<Integer> number = number(token);
            if (number.isPresent() || token.kind() == Kind.COMMENT) {
                result.append(text, copied, token.start());
                result.append(number.map(replacement::apply).orElse(" "));
                copied = token.end();
            }
            if (number.isPresent() && !type.isEmpty()) {
                // "interval '1 day'" is recorded as "interval $1", which is no SQL.
                result.append("::").append(type);
            }
            boolean typed =
                    token.kind() == Kind.WORD && TYPES.contains(token.text().toUpperCase(Locale.ROOT));
            type = typed && isTyped(token.end()) ? token.text() : "";
            if (!type.isEmpty()) {
                result.append(text, copied, token.start());
                copied = token.end();
            }
        }
        return result.append(text.substring(copied))
                .toString()
                .strip()
                .replaceFirst(";$", "")
                .strip();
    }

    private boolean isTyped(int end) {
        return text.substring(end).stripLeading().matches("(?s)\\$[0-9].*");
    }

    private static Optional<Integer> number(SqlToken token) {
        boolean parameter = token.kind() == Kind.SYMBOL && token.text().matches("\\$[0-9]{1,5}");
        return parameter ? Optional.of(Integer.parseInt(token.text().substring(1))) : Optional.empty();
    }

    private static final class Reader {
        private final String sql;
        private final List<SqlToken> tokens;
        private final Map<String, String> tables = new LinkedHashMap<>();
        private final Set<String> functions = new LinkedHashSet<>();
        private final Set<String> withQueries = new LinkedHashSet<>();
        private final Map<Integer, Role> parameters = new TreeMap<>();

        Reader(String sql, List<SqlToken> tokens) {
            this.sql = sql;
            this.tokens = tokens;
        }

        RecordedStatement read() {
            List<String> around = new ArrayList<>();
            for (int i = 0; i < tokens.size(); i++) {
                SqlToken token = tokens.get(i);
                if (token.isSymbol("(")) {
                    String before = word(i - 1);
                    around.add(before);
                    if (i > 0 && tokens.get(i - 1).isIdentifier() && !NO_FUNCTIONS.contains(before)) {
                        functions.add(tokens.get(i - 1).identifier());
                    }
                } else if (token.isSymbol(")") && !around.isEmpty()) {
                    around.remove(around.size() - 1);
                } else if (word(i).equals("AS") && isWithQuery(i)) {
                    withQueries.add(withQueryName(i));
                } else if (introducesTable(i, around)) {
                    table(i + 1, word(i));
                }
            }
            insertedParameters();
            boolean assigning = false;
            for (int i = 0; i < tokens.size(); i++) {
                String word = word(i);
                assigning = word.equals("SET")
                        || (assigning && !Set.of("WHERE", "FROM", "RETURNING").contains(word));
                Optional<Integer> number = number(tokens.get(i));
                if (number.isPresent() && !parameters.containsKey(number.get())) {
                    parameters.put(number.get(), role(i, assigning));
                }
            }
            tables.values().removeAll(withQueries);
            String verb = "";
            for (int i = 0; i < tokens.size() && verb.isEmpty(); i++) {
                verb = tokens.get(i).isSymbol("(") ? "" : word(i);
            }
            return new RecordedStatement(sql, verb, tables, functions, parameters);
        }

        private String word(int i) {
            return i >= 0 && i < tokens.size() && tokens.get(i).kind() == Kind.WORD
                    ? tokens.get(i).text().toUpperCase(Locale.ROOT)
                    : "";
        }

        private boolean symbol(int i, String symbol) {
            return i >= 0 && i < tokens.size() && tokens.get(i).isSymbol(symbol);
        }

        private boolean isWithQuery(int as) {
            int next = as + 1;
            while (Set.of("NOT", "MATERIALIZED").contains(word(next))) {
                next++;
            }
            return symbol(next, "(")
                    && !withQueryName(as).isEmpty()
                    && tokens.stream().anyMatch(t -> t.isWord("WITH"));
        }

        private String withQueryName(int as) {
            int name = symbol(as - 1, ")") ? opening(as - 1) - 1 : as - 1;
            return name >= 0 && tokens.get(name).isIdentifier()
                    ? tokens.get(name).identifier()
                    : "";
        }

        private int opening(int closing) {
            int depth = 0;
            for (int i = closing; i >= 0; i--) {
                depth += symbol(i, ")") ? 1 : symbol(i, "(") ? -1 : 0;
                if (depth == 0) {
                    return i;
                }
            }
            return 0;
        }

        private boolean introducesTable(int i, List<String> around) {
            return switch (word(i)) {
                case "FROM" ->
                    !word(i - 1).equals("DISTINCT")
                            && (around.isEmpty() || !WITH_FROM.contains(around.get(around.size() - 1)));
                case "JOIN", "INTO" -> true;
                case "USING" -> !symbol(i + 1, "(");
                case "UPDATE" -> !Set.of("FOR", "KEY", "DO").contains(word(i - 1));
                case "TABLE" -> i == 0;
                default -> false;
            };
        }

        /** A table's name with its alias; behind FROM and USING, further ones behind commas. */
        private void table(int start, String keyword) {
            int i = start;
            while (Set.of("ONLY", "LATERAL").contains(word(i))) {
                i++;
            }
            if (i >= tokens.size() || !tokens.get(i).isIdentifier() || word(i).equals("SELECT")) {
                return;
            }
            String name = tokens.get(i).identifier();
            String last = name;
            i++;
            while (symbol(i, ".") && i + 1 < tokens.size() && tokens.get(i + 1).isIdentifier()) {
                last = tokens.get(i + 1).identifier();
                name = name + "." + last;
                i += 2;
            }
            boolean called = symbol(i, "(") && !keyword.equals("INTO");
            if (word(i).equals("AS")) {
                i++;
            }
            boolean aliased = i < tokens.size() && tokens.get(i).isIdentifier() && !NO_ALIASES.contains(word(i));
            if (!called) {
                tables.put(aliased ? tokens.get(i).identifier() : last, name);
            }
            i += aliased ? 1 : 0;
            if (symbol(i, ",") && Set.of("FROM", "USING").contains(keyword)) {
                table(i + 1, keyword);
            }
        }

        /** The columns and the tuples of an insert. */
        private void insertedParameters() {
            for (int i = 0; i < tokens.size(); i++) {
                if (word(i).equals("INTO")) {
                    int open = i + 1;
                    while (open < tokens.size()
                            && !symbol(open, "(")
                            && !word(open).equals("VALUES")) {
                        open++;
                    }
                    List<String> columns = new ArrayList<>();
                    int at = open + 1;
                    while (symbol(open, "(") && at < tokens.size() && !symbol(at, ")")) {
                        if (tokens.get(at).isIdentifier()) {
                            columns.add(tokens.get(at).identifier());
                        }
                        at++;
                    }
                    tuples(at + 1, columns);
                }
            }
        }

        private void tuples(int start, List<String> columns) {
            int values = start;
            while (values < tokens.size()
                    && Set.of("OVERRIDING", "SYSTEM", "USER", "VALUE").contains(word(values))) {
                values++;
            }
            if (!word(values).equals("VALUES")) {
                return;
            }
            int depth = 0;
            int column = 0;
            for (int i = values + 1; i < tokens.size(); i++) {
                if (symbol(i, "(")) {
                    column = depth == 0 ? 0 : column;
                    depth++;
                } else if (symbol(i, ")")) {
                    depth--;
                } else if (symbol(i, ",") && depth == 1) {
                    column++;
                } else if (depth == 0 && !symbol(i, ",")) {
                    return;
                }
                Optional<Integer> number = number(tokens.get(i));
                if (number.isPresent() && depth == 1 && column < columns.size()) {
                    parameters.put(number.get(), new Role.Assigned("", columns.get(column)));
                }
            }
        }

        private Role role(int i, boolean assigning) {
            int before = i - 1;
            while (symbol(before, "(")) {
                before--;
            }
            if (word(before).equals("LIMIT")
                    || word(before).equals("FIRST")
                    || word(before).equals("NEXT")) {
                return new Role.Limit();
            }
            if (word(before).equals("OFFSET")) {
                return new Role.Offset();
            }
            return behind(before, assigning).or(() -> ahead(i + 1)).orElseGet(Role.Unknown::new);
        }

        /** The column of {@code column = $1}, {@code column in ($1, $2)}, {@code column between $1 and $2}, and the like. */
        private Optional<Role> behind(int start, boolean assigning) {
            int i = start;
            while (symbol(i, ",") && number(tokens.get(i - 1)).isPresent()) {
                i -= 2;
            }
            while (symbol(i, "(")) {
                i--;
            }
            if (word(i).equals("AND") && i >= 2 && word(i - 2).equals("BETWEEN")) {
                i -= 2;
            }
            boolean related = false;
            while (Set.of("IN", "ANY", "ALL", "SOME", "LIKE", "ILIKE", "NOT", "BETWEEN", "SYMMETRIC")
                            .contains(word(i))
                    || isOperator(i)) {
                related = true;
                i--;
            }
            return related ? columnEndingAt(i, assigning) : Optional.empty();
        }

        private boolean isOperator(int i) {
            return i >= 0
                    && i < tokens.size()
                    && tokens.get(i).kind() == Kind.SYMBOL
                    && "=<>!~+-*/%|&@#^?".contains(tokens.get(i).text());
        }

        private Optional<Role> columnEndingAt(int end, boolean assigning) {
            int i = end;
            while (symbol(i - 1, "::")) {
                i -= 2;
            }
            if (symbol(i, ")")) {
                int open = opening(i);
                i = i - open == 2 || (i - open == 4 && symbol(i - 2, ".")) ? i - 1 : -1;
            }
            if (i < 0 || !tokens.get(i).isIdentifier() || NO_FUNCTIONS.contains(word(i))) {
                return Optional.empty();
            }
            String qualifier = symbol(i - 1, ".") && i >= 2 && tokens.get(i - 2).isIdentifier()
                    ? tokens.get(i - 2).identifier()
                    : "";
            String column = tokens.get(i).identifier();
            return Optional.of(assigning ? new Role.Assigned(qualifier, column) : new Role.Compared(qualifier, column));
        }

        /** The column of {@code $1 = column}. */
        private Optional<Role> ahead(int start) {
            int i = start;
            while (symbol(i, "::")) {
                i += 2;
            }
            if (!isOperator(i)) {
                return Optional.empty();
            }
            while (isOperator(i)) {
                i++;
            }
            if (i >= tokens.size() || !tokens.get(i).isIdentifier() || symbol(i + 1, "(")) {
                return Optional.empty();
            }
            return symbol(i + 1, ".")
                            && i + 2 < tokens.size()
                            && tokens.get(i + 2).isIdentifier()
                    ? Optional.of(new Role.Compared(
                            tokens.get(i).identifier(), tokens.get(i + 2).identifier()))
                    : Optional.of(new Role.Compared("", tokens.get(i).identifier()));
        }
    }
}
