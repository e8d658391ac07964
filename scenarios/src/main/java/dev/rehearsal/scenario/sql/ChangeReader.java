package dev.rehearsal.scenario.sql;

import dev.rehearsal.scenario.sql.ColumnDefinition.Generated;
import dev.rehearsal.scenario.sql.ColumnDefinition.Identity;
import dev.rehearsal.scenario.sql.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads a {@link SchemaChange} out of a statement's tokens. */
final class ChangeReader {
    private static final Set<String> CONSTRAINT_WORDS = Set.of(
            "CONSTRAINT",
            "NOT",
            "NULL",
            "DEFAULT",
            "PRIMARY",
            "UNIQUE",
            "REFERENCES",
            "CHECK",
            "GENERATED",
            "COLLATE",
            "STORAGE",
            "COMPRESSION",
            "OPTIONS");

    private static final Set<String> SILENT = Set.of(
            "BEGIN",
            "START",
            "COMMIT",
            "END",
            "ROLLBACK",
            "ABORT",
            "SAVEPOINT",
            "RELEASE",
            "SET",
            "RESET",
            "SHOW",
            "COMMENT",
            "ANALYZE",
            "ANALYSE",
            "SELECT",
            "VALUES",
            "GRANT",
            "REVOKE",
            "LISTEN",
            "NOTIFY",
            "CHECKPOINT",
            "PREPARE",
            "DEALLOCATE",
            "DISCARD");

    private final String text;
    private final List<SqlToken> tokens;
    private int at;

    ChangeReader(String text) {
        this(text, SqlLexer.tokens(text).significant());
    }

    private ChangeReader(String text, List<SqlToken> tokens) {
        this.text = text;
        this.tokens = tokens;
    }

    SchemaChange read() {
        if (take("ALTER", "TABLE")) {
            return alterTable();
        }
        if (take("CREATE")) {
            return create();
        }
        if (take("DROP")) {
            return drop();
        }
        if (take("UPDATE") || take("DELETE", "FROM") || take("INSERT", "INTO") || take("MERGE", "INTO")) {
            return rows(tokens.get(0).text().toLowerCase(Locale.ROOT));
        }
        if (take("TRUNCATE")) {
            take("TABLE");
            take("ONLY");
            return name().<SchemaChange>map(table -> new SchemaChange.RowsChanged("truncate", table, true))
                    .orElseGet(() -> unread("no table is named"));
        }
        if (at < tokens.size() && SILENT.contains(word(at))) {
            return new SchemaChange.Nothing();
        }
        if (take("ALTER")) {
            return new SchemaChange.OtherObject(words());
        }
        if (is("DO") || is("CALL") || is("EXECUTE")) {
            return unread("what " + word(at).toLowerCase(Locale.ROOT) + " runs is known to the server alone");
        }
        if (is("WITH")) {
            return unread("rows are changed inside WITH, if at all");
        }
        return unread("statements that begin with "
                + (tokens.isEmpty() ? "nothing" : tokens.get(0).text()) + " are not analysed");
    }

    private SchemaChange unread(String why) {
        return new SchemaChange.Unread(why);
    }

    private String words() {
        return tokens.stream()
                .limit(4)
                .map(token -> token.text().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" "));
    }

    private SchemaChange rows(String verb) {
        take("ONLY");
        Optional<String> table = name();
        if (table.isEmpty()) {
            return unread("no table is named");
        }
        boolean all = (verb.equals("update") || verb.equals("delete")) && !containsOutside("WHERE");
        return new SchemaChange.RowsChanged(verb, table.get(), all);
    }

    private boolean containsOutside(String wanted) {
        int depth = 0;
        for (int i = at; i < tokens.size(); i++) {
            SqlToken token = tokens.get(i);
            depth += token.isSymbol("(") ? 1 : token.isSymbol(")") ? -1 : 0;
            if (depth == 0 && token.isWord(wanted)) {
                return true;
            }
        }
        return false;
    }

    private SchemaChange create() {
        int start = at;
        boolean unique = take("UNIQUE");
        if (take("INDEX")) {
            return createIndex(unique);
        }
        at = start;
        while (take("GLOBAL") || take("LOCAL") || take("TEMPORARY") || take("TEMP") || take("UNLOGGED")) {
            // They change nothing here.
        }
        if (take("TABLE")) {
            take("IF", "NOT", "EXISTS");
            return name().<SchemaChange>map(SchemaChange.TableCreated::new)
                    .orElseGet(() -> unread("no table is named"));
        }
        return new SchemaChange.OtherObject(words());
    }

    private SchemaChange createIndex(boolean unique) {
        boolean concurrently = take("CONCURRENTLY");
        boolean ifNotExists = take("IF", "NOT", "EXISTS");
        Optional<String> name = is("ON") ? Optional.empty() : name();
        if (!take("ON")) {
            return unread("ON is missing");
        }
        take("ONLY");
        Optional<String> table = name();
        if (table.isEmpty()) {
            return unread("no table is named");
        }
        int from = at;
        if (take("USING")) {
            identifier();
        }
        List<String> columns = plainColumns();
        at = tokens.size();
        return new SchemaChange.IndexCreated(
                name, table.get(), unique, concurrently, ifNotExists, columns, slice(from, tokens.size()));
    }

    private SchemaChange drop() {
        StringBuilder kind = new StringBuilder();
        while (at < tokens.size()
                && tokens.get(at).kind() == Kind.WORD
                && !is("CONCURRENTLY")
                && !is("IF")
                && (kind.isEmpty() || is("VIEW") || is("TABLE") || is("TRIGGER"))) {
            kind.append(kind.isEmpty() ? "" : " ")
                    .append(tokens.get(at++).text().toLowerCase(Locale.ROOT));
        }
        boolean concurrently = take("CONCURRENTLY");
        take("IF", "EXISTS");
        List<String> names = new ArrayList<>();
        do {
            name().ifPresent(names::add);
        } while (take(","));
        return new SchemaChange.Dropped(kind.toString(), concurrently, names);
    }

    private SchemaChange alterTable() {
        take("IF", "EXISTS");
        take("ONLY");
        Optional<String> table = name();
        take("*");
        if (table.isEmpty()) {
            return unread("no table is named");
        }
        List<TableAction> actions = new ArrayList<>();
        for (List<SqlToken> part : parts(at, tokens.size())) {
            ChangeReader reader = new ChangeReader(text, part);
            Optional<TableAction> action = reader.action();
            if (action.isEmpty()) {
                return unread("the action " + reader.slice(0, part.size()) + " is not understood");
            }
            actions.add(action.get());
        }
        return new SchemaChange.TableAltered(table.get(), actions);
    }

    private Optional<TableAction> action() {
        if (take("ADD")) {
            return added();
        }
        if (take("DROP", "CONSTRAINT")) {
            take("IF", "EXISTS");
            return identifier().map(TableAction.ConstraintDropped::new);
        }
        if (take("DROP")) {
            take("COLUMN");
            take("IF", "EXISTS");
            return identifier().map(TableAction.ColumnDropped::new);
        }
        if (take("VALIDATE", "CONSTRAINT")) {
            return identifier().map(TableAction.ConstraintValidated::new);
        }
        if (take("RENAME")) {
            return renamed();
        }
        if (take("ATTACH", "PARTITION")) {
            return name().map(TableAction.PartitionAttached::new);
        }
        if (take("DETACH", "PARTITION")) {
            return name().map(
                            partition -> new TableAction.PartitionDetached(partition, containsOutside("CONCURRENTLY")));
        }
        if (is("ALTER") && !word(at + 1).equals("CONSTRAINT")) {
            take("ALTER");
            take("COLUMN");
            return identifier().flatMap(this::altered);
        }
        return tokens.isEmpty() ? Optional.empty() : Optional.of(new TableAction.Other(slice(0, tokens.size())));
    }

    private Optional<TableAction> renamed() {
        if (take("TO")) {
            return identifier().map(to -> new TableAction.Renamed(Optional.empty(), to));
        }
        if (take("CONSTRAINT")) {
            identifier();
            take("TO");
            return identifier().map(to -> new TableAction.Renamed(Optional.empty(), to));
        }
        take("COLUMN");
        Optional<String> column = identifier();
        take("TO");
        return identifier().map(to -> new TableAction.Renamed(column, to));
    }

    private Optional<TableAction> altered(String column) {
        if (take("SET", "NOT", "NULL")) {
            return Optional.of(new TableAction.NotNullSet(column));
        }
        if (take("DROP", "NOT", "NULL")) {
            return Optional.of(new TableAction.NotNullDropped(column));
        }
        if (take("SET", "DEFAULT")) {
            return Optional.of(new TableAction.DefaultSet(column, slice(at, tokens.size())));
        }
        if (take("DROP", "DEFAULT")) {
            return Optional.of(new TableAction.DefaultDropped(column));
        }
        if (take("SET", "DATA", "TYPE") || take("TYPE")) {
            int from = at;
            skipUntil(Set.of("USING", "COLLATE"));
            String type = slice(from, at);
            skipUntil(Set.of("USING"));
            Optional<String> using = take("USING") ? Optional.of(slice(at, tokens.size())) : Optional.empty();
            return type.isEmpty() ? Optional.empty() : Optional.of(new TableAction.TypeChanged(column, type, using));
        }
        return Optional.of(new TableAction.Other(slice(0, tokens.size())));
    }

    private Optional<TableAction> added() {
        if (is("CONSTRAINT")
                || is("PRIMARY")
                || is("UNIQUE")
                || is("CHECK")
                || is("FOREIGN")
                || is("EXCLUDE")
                || is("NOT")) {
            return tableConstraint().map(TableAction.ConstraintAdded::new);
        }
        take("COLUMN");
        boolean ifNotExists = take("IF", "NOT", "EXISTS");
        return column().map(column -> new TableAction.ColumnAdded(column, ifNotExists));
    }

    private Optional<TableConstraint> tableConstraint() {
        Optional<String> name = take("CONSTRAINT") ? identifier() : Optional.empty();
        Optional<TableConstraint.Kind> kind = Optional.empty();
        if (take("CHECK")) {
            kind = Optional.of(new TableConstraint.Check(inParentheses()));
        } else if (take("NOT", "NULL")) {
            kind = identifier().map(TableConstraint.NotNull::new);
        } else if (is("UNIQUE") || is("PRIMARY")) {
            boolean primary = take("PRIMARY", "KEY");
            if (!primary) {
                take("UNIQUE");
                take("NULLS", "NOT", "DISTINCT");
            }
            if (take("USING", "INDEX")) {
                Optional<String> index = identifier();
                kind = Optional.of(new TableConstraint.Unique(List.of(), primary, index, slice(at, tokens.size())));
            } else {
                List<String> columns = plainColumns();
                kind = Optional.of(
                        new TableConstraint.Unique(columns, primary, Optional.empty(), slice(at, tokens.size())));
            }
        } else if (take("FOREIGN", "KEY")) {
            List<String> columns = plainColumns();
            kind = take("REFERENCES") ? references(columns) : Optional.empty();
        } else if (take("EXCLUDE")) {
            kind = Optional.of(new TableConstraint.Exclusion());
        }
        boolean notValid = containsSequence("NOT", "VALID");
        return kind.map(found -> new TableConstraint(name, found, notValid));
    }

    private Optional<TableConstraint.Kind> references(List<String> columns) {
        return name().map(table -> {
            List<String> referenced = is("(") ? plainColumns() : List.of();
            int from = at;
            while (at < tokens.size() && !endsReference()) {
                at++;
            }
            return new TableConstraint.ForeignKey(columns, table, referenced, slice(from, at));
        });
    }

    /** {@code not valid} ends it, and the next constraint of a column; {@code not deferrable} and {@code on delete set null} do not. */
    private boolean endsReference() {
        boolean set = at > 0 && tokens.get(at - 1).isWord("SET");
        if (set) {
            return false;
        }
        return is("NOT") ? !word(at + 1).equals("DEFERRABLE") : CONSTRAINT_WORDS.contains(word(at));
    }

    private Optional<ColumnDefinition> column() {
        Optional<String> name = identifier();
        int from = at;
        skipUntil(CONSTRAINT_WORDS);
        String type = slice(from, at);
        if (name.isEmpty() || type.isEmpty()) {
            return Optional.empty();
        }
        boolean notNull = false;
        Optional<String> defaultExpression = Optional.empty();
        Optional<Generated> generated = Optional.empty();
        Identity identity = Identity.NONE;
        List<TableConstraint> constraints = new ArrayList<>();
        while (at < tokens.size()) {
            Optional<String> constraint = take("CONSTRAINT") ? identifier() : Optional.empty();
            if (take("NOT", "NULL")) {
                notNull = true;
            } else if (take("NULL")) {
                // The default.
            } else if (take("DEFAULT")) {
                int start = at++;
                skipUntil(CONSTRAINT_WORDS);
                defaultExpression = Optional.of(slice(start, Math.min(at, tokens.size())));
            } else if (take("PRIMARY", "KEY")) {
                notNull = true;
                constraints.add(unique(constraint, name.get(), true));
            } else if (take("UNIQUE")) {
                take("NULLS", "NOT", "DISTINCT");
                constraints.add(unique(constraint, name.get(), false));
            } else if (take("CHECK")) {
                constraints.add(new TableConstraint(constraint, new TableConstraint.Check(inParentheses()), false));
                take("NO", "INHERIT");
            } else if (take("REFERENCES")) {
                references(List.of(name.get()))
                        .ifPresent(kind -> constraints.add(new TableConstraint(constraint, kind, false)));
            } else if (take("GENERATED")) {
                boolean always = take("ALWAYS");
                take("BY", "DEFAULT");
                take("AS");
                if (take("IDENTITY")) {
                    identity = always ? Identity.ALWAYS : Identity.BY_DEFAULT;
                    notNull = true;
                    if (is("(")) {
                        inParentheses();
                    }
                } else {
                    String expression = inParentheses();
                    boolean stored = take("STORED");
                    take("VIRTUAL");
                    generated = Optional.of(new Generated(expression, stored));
                }
            } else {
                at++;
            }
        }
        ColumnDefinition column =
                new ColumnDefinition(name.get(), type, notNull, defaultExpression, generated, identity, constraints);
        return Optional.of(
                column.serial() && !notNull
                        ? new ColumnDefinition(
                                name.get(), type, true, defaultExpression, generated, identity, constraints)
                        : column);
    }

    private static TableConstraint unique(Optional<String> name, String column, boolean primary) {
        return new TableConstraint(
                name, new TableConstraint.Unique(List.of(column), primary, Optional.empty(), ""), false);
    }

    private String word(int index) {
        return index < tokens.size() && tokens.get(index).kind() == Kind.WORD
                ? tokens.get(index).text().toUpperCase(Locale.ROOT)
                : "";
    }

    private boolean is(String wanted) {
        return at < tokens.size()
                && (tokens.get(at).isWord(wanted) || tokens.get(at).isSymbol(wanted));
    }

    private boolean take(String... words) {
        for (int i = 0; i < words.length; i++) {
            boolean same = at + i < tokens.size()
                    && (tokens.get(at + i).isWord(words[i])
                            || tokens.get(at + i).isSymbol(words[i]));
            if (!same) {
                return false;
            }
        }
        at += words.length;
        return true;
    }

    private boolean containsSequence(String first, String second) {
        for (int i = at; i + 1 < tokens.size(); i++) {
            if (tokens.get(i).isWord(first) && tokens.get(i + 1).isWord(second)) {
                return true;
            }
        }
        return false;
    }

    private Optional<String> identifier() {
        return at < tokens.size() && tokens.get(at).isIdentifier()
                ? Optional.of(tokens.get(at++).identifier())
                : Optional.empty();
    }

    private Optional<String> name() {
        Optional<String> name = identifier();
        while (name.isPresent() && take(".")) {
            String schema = name.get();
            name = identifier().map(inner -> schema.equals("public") ? inner : schema + "." + inner);
        }
        return name;
    }

    /** Moves on to one of the words, outside parentheses. */
    private void skipUntil(Set<String> words) {
        int depth = 0;
        while (at < tokens.size() && !(depth == 0 && words.contains(word(at)))) {
            SqlToken token = tokens.get(at);
            depth += token.isSymbol("(") || token.isSymbol("[")
                    ? 1
                    : token.isSymbol(")") || token.isSymbol("]") ? -1 : 0;
            at++;
        }
    }

    /** What the parentheses that come next hold, as written. */
    private String inParentheses() {
        if (!take("(")) {
            return "";
        }
        int from = at;
        int depth = 1;
        while (at < tokens.size() && depth > 0) {
            depth += is("(") ? 1 : is(")") ? -1 : 0;
            at++;
        }
        return slice(from, depth == 0 ? at - 1 : at);
    }

    /** Those elements of the parentheses that come next which begin with a name. */
    private List<String> plainColumns() {
        if (!is("(")) {
            return List.of();
        }
        int from = at + 1;
        inParentheses();
        return parts(from, at - 1).stream()
                .filter(part -> !part.isEmpty() && part.get(0).isIdentifier())
                .filter(part -> part.size() < 2 || !part.get(1).isSymbol("("))
                .map(part -> part.get(0).identifier())
                .toList();
    }

    private List<List<SqlToken>> parts(int from, int to) {
        List<List<SqlToken>> parts = new ArrayList<>();
        int depth = 0;
        int start = from;
        for (int i = from; i < to; i++) {
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
        parts.add(tokens.subList(start, Math.max(start, to)));
        return parts;
    }

    private String slice(int from, int to) {
        return from >= to
                ? ""
                : text.substring(tokens.get(from).start(), tokens.get(to - 1).end());
    }
}
