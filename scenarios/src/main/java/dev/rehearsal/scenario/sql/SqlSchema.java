package dev.rehearsal.scenario.sql;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The tables of a schema file, as far as its {@code create table}, {@code alter table} and {@code create unique index} statements tell without
 * a server. Good enough to find a misspelt name and to write simple statements; the server has the last word.
 *
 * @param tables by name: folded as PostgreSQL folds, with its schema in front unless that is {@code public}
 * @param names every identifier in the text, whatever it names
 */
public record SqlSchema(Map<String, Table> tables, Set<String> names) {
    public SqlSchema {
        tables = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        names = Set.copyOf(names);
    }

    /**
     * One table.
     *
     * @param columnsKnown false if they cannot be read from the text, as in {@code create table … as select}
     * @param primaryKey its columns; empty if there is none
     * @param unique the columns of each unique constraint or index beside the primary key
     * @param partition of another table, through which its rows come
     */
    public record Table(
            String name,
            Map<String, Column> columns,
            boolean columnsKnown,
            List<String> primaryKey,
            List<List<String>> unique,
            Set<String> foreignKeys,
            boolean partition) {
        public Table {
            columns = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(columns));
            primaryKey = List.copyOf(primaryKey);
            unique = List.copyOf(unique);
            foreignKeys = Set.copyOf(foreignKeys);
        }

        /** The key, if it is one column. */
        public Optional<String> key() {
            return primaryKey.size() == 1 ? Optional.of(primaryKey.get(0)) : Optional.empty();
        }

        public boolean isUnique(String column) {
            return unique.stream().anyMatch(columns -> columns.contains(column));
        }
    }

    /**
     * One column.
     *
     * @param type as written, folded
     * @param defaulted it has a default, an identity or a serial type: an insert may leave it out
     * @param generated {@code generated always as (…)}: an insert must leave it out
     */
    public record Column(String name, String type, boolean notNull, boolean defaulted, boolean generated) {}

    /** Reads a schema. What it does not understand it passes over. */
    public static SqlSchema read(String text) {
        Reader reader = new Reader();
        for (SqlScript.Statement statement : SqlScript.split(text).statements()) {
            reader.read(SqlLexer.tokens(statement.text()).significant());
        }
        return reader.schema();
    }

    /** How the server folds a name written in SQL. */
    public static String name(String written) {
        List<SqlToken> tokens = SqlLexer.tokens(written).significant();
        return tokens.isEmpty()
                ? written
                : new TokenReader(tokens).qualifiedName().orElse(written);
    }

    /** A name as SQL needs it: in quotes unless it is a plain lower-case word. */
    public static String quoted(String name) {
        return name.matches("[a-z_][a-z0-9_]*") && !RESERVED.contains(name)
                ? name
                : '"' + name.replace("\"", "\"\"") + '"';
    }

    /** Reserved words of PostgreSQL 18 (pg_get_keywords, catcode R and T), which cannot name a column unquoted. */
    private static final Set<String> RESERVED = Set.of(
            ("all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate "
                            + "collation column concurrently constraint create cross current_catalog current_date "
                            + "current_role current_schema current_time current_timestamp current_user default deferrable "
                            + "desc distinct do else end except false fetch for foreign freeze from full grant group having "
                            + "ilike in initially inner intersect into is isnull join lateral leading left like limit "
                            + "localtime localtimestamp natural not notnull null offset on only or order outer overlaps "
                            + "placing primary references returning right select session_user similar some symmetric "
                            + "system_user table tablesample then to trailing true union unique user using variadic verbose "
                            + "when where window with")
                    .split(" "));

    private static final class Reader {
        private final Map<String, Building> tables = new LinkedHashMap<>();
        private final Set<String> names = new LinkedHashSet<>();
        /** In which names without a schema are; empty: in {@code public}. */
        private String schema = "";

        void read(List<SqlToken> tokens) {
            tokens.stream()
                    .filter(SqlToken::isIdentifier)
                    .map(SqlToken::identifier)
                    .forEach(names::add);
            TokenReader reader = new TokenReader(tokens);
            if (reader.take("CREATE")) {
                create(reader);
            } else if (reader.take("ALTER", "TABLE")) {
                alter(reader);
            } else if (reader.take("SET", "SEARCH_PATH")) {
                searchPath(reader);
            }
        }

        private void searchPath(TokenReader reader) {
            reader.takeAny("TO", "=");
            schema = reader.identifier()
                    .filter(name -> !name.equals("public") && !name.equals("default"))
                    .orElse("");
        }

        private Optional<String> name(TokenReader reader) {
            return reader.qualifiedName()
                    .map(name -> schema.isEmpty() || name.contains(".") ? name : schema + "." + name);
        }

        private void create(TokenReader reader) {
            if (reader.take("UNIQUE", "INDEX")) {
                uniqueIndex(reader);
                return;
            }
            while (reader.takeAny("GLOBAL", "LOCAL", "TEMPORARY", "TEMP", "UNLOGGED")) {
                // Words that change nothing here.
            }
            if (reader.take("TABLE")) {
                reader.take("IF", "NOT", "EXISTS");
                name(reader).ifPresent(name -> table(name, reader));
            }
        }

        private void table(String name, TokenReader reader) {
            Building table = new Building(name);
            tables.put(name, table);
            if (reader.take("PARTITION", "OF")) {
                table.partition = true;
                name(reader)
                        .map(tables::get)
                        .ifPresentOrElse(
                                parent -> table.columns.putAll(parent.columns), () -> table.columnsKnown = false);
                return;
            }
            List<List<SqlToken>> elements = reader.parenthesized();
            boolean select = reader.contains("AS") || reader.contains("INHERITS") || reader.contains("OF");
            table.columnsKnown = !elements.isEmpty() && !select;
            elements.forEach(element -> table.element(new TokenReader(element)));
        }

        private void alter(TokenReader reader) {
            reader.take("IF", "EXISTS");
            reader.take("ONLY");
            Optional<Building> table = name(reader).map(tables::get);
            if (reader.take("ATTACH", "PARTITION")) {
                name(reader).map(tables::get).ifPresent(part -> part.partition = true);
            } else if (table.isPresent()) {
                reader.commaSeparated().forEach(action -> table.get().alter(new TokenReader(action)));
            }
        }

        private void uniqueIndex(TokenReader reader) {
            if (!reader.skipTo("ON")) {
                return;
            }
            reader.take("ONLY");
            Optional<Building> table = name(reader).map(tables::get);
            if (reader.take("USING")) {
                reader.qualifiedName();
            }
            table.ifPresent(found -> found.unique.add(columns(reader.parenthesized())));
        }

        SqlSchema schema() {
            Map<String, Table> built = new LinkedHashMap<>();
            tables.forEach((name, table) -> built.put(name, table.build()));
            return new SqlSchema(built, names);
        }
    }

    private static List<String> columns(List<List<SqlToken>> elements) {
        return elements.stream()
                .filter(element -> !element.isEmpty() && element.get(0).isIdentifier())
                .map(element -> element.get(0).identifier())
                .toList();
    }

    /** A table while its statements are read. */
    private static final class Building {
        private static final Set<String> TYPE_ENDS = Set.of(
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
                "COMPRESSION");

        private final String name;
        private final Map<String, Column> columns = new LinkedHashMap<>();
        private final List<List<String>> unique = new ArrayList<>();
        private final Set<String> foreignKeys = new LinkedHashSet<>();
        private List<String> primaryKey = List.of();
        private boolean columnsKnown = true;
        private boolean partition;

        Building(String name) {
            this.name = name;
        }

        Table build() {
            Map<String, Column> finished = new LinkedHashMap<>();
            columns.forEach((column, found) -> finished.put(
                    column,
                    primaryKey.contains(column)
                            ? new Column(column, found.type(), true, found.defaulted(), found.generated())
                            : found));
            return new Table(name, finished, columnsKnown, primaryKey, unique, foreignKeys, partition);
        }

        void element(TokenReader reader) {
            if (reader.take("LIKE")) {
                columnsKnown = false;
            } else if (!constraint(reader)) {
                column(reader);
            }
        }

        private boolean constraint(TokenReader reader) {
            boolean named = reader.take("CONSTRAINT");
            if (named) {
                reader.qualifiedName();
            }
            if (reader.take("PRIMARY", "KEY")) {
                primaryKey = SqlSchema.columns(reader.parenthesized());
            } else if (reader.take("UNIQUE")) {
                reader.skipTo("(");
                unique.add(SqlSchema.columns(reader.parenthesized()));
            } else if (reader.take("FOREIGN", "KEY")) {
                foreignKeys.addAll(SqlSchema.columns(reader.parenthesized()));
            } else {
                return named || reader.takeAny("CHECK", "EXCLUDE", "NOT");
            }
            return true;
        }

        private void column(TokenReader reader) {
            Optional<String> column = reader.identifier();
            if (column.isEmpty()) {
                return;
            }
            String type = reader.textUntil(TYPE_ENDS);
            boolean serial = type.matches("(small|big)?serial[248]?");
            boolean generated = reader.containsSequence("GENERATED", "ALWAYS", "AS") && !reader.contains("IDENTITY");
            boolean defaulted = serial || (reader.contains("DEFAULT") && !generated) || reader.contains("IDENTITY");
            boolean key = reader.containsSequence("PRIMARY", "KEY");
            boolean notNull = key || serial || reader.contains("IDENTITY") || reader.containsSequence("NOT", "NULL");
            columns.put(column.get(), new Column(column.get(), type, notNull, defaulted, generated));
            if (key) {
                primaryKey = List.of(column.get());
            } else if (reader.contains("UNIQUE")) {
                unique.add(List.of(column.get()));
            }
            if (reader.contains("REFERENCES")) {
                foreignKeys.add(column.get());
            }
        }

        void alter(TokenReader reader) {
            if (reader.take("ADD")) {
                if (constraint(reader)) {
                    return;
                }
                reader.take("COLUMN");
                reader.take("IF", "NOT", "EXISTS");
                column(reader);
            } else if (reader.take("ALTER")) {
                reader.take("COLUMN");
                reader.identifier().map(columns::get).ifPresent(column -> alterColumn(column, reader));
            }
        }

        private void alterColumn(Column column, TokenReader reader) {
            boolean notNull = column.notNull() || reader.containsSequence("SET", "NOT", "NULL");
            boolean defaulted = column.defaulted()
                    || reader.containsSequence("SET", "DEFAULT")
                    || reader.containsSequence("ADD", "GENERATED");
            columns.put(
                    column.name(), new Column(column.name(), column.type(), notNull, defaulted, column.generated()));
        }
    }
}
