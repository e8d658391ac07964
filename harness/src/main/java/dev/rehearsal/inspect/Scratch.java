package dev.rehearsal.inspect;

import dev.rehearsal.inspect.Effect.Refusal;
import dev.rehearsal.run.RunEvent.ExpectedLock;
import dev.rehearsal.scenario.sql.StatementKind;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;

/** A session on a copy of the schema that holds no rows: statements are tried on it, one after the other. Used by one thread. */
final class Scratch {
    /** Nothing takes long without rows, unless it waits or reckons. */
    private static final String LIMITS = "set statement_timeout = '5s'; set lock_timeout = '5s'";

    /**
     * Nobody has to be waited for here. New functions in the place of the server's own: those it finds by their number, whatever the catalog says of what
     * they do.
     */
    private static final String NO_SLEEP = Stream.of(
                    "pg_sleep(double precision)", "pg_sleep_for(interval)", "pg_sleep_until(timestamptz)")
            .map(function -> "alter function pg_catalog." + function + " rename to harness_"
                    + function.substring(0, function.indexOf('(')) + "; create function pg_catalog." + function
                    + " returns void language sql volatile strict parallel safe as ''")
            .collect(Collectors.joining("; "));

    /** It may not be changed, or was changed before. */
    private static final Set<String> NOT_CHANGED = Set.of("42501", "42723");

    /** Ended by a limit: statement_timeout, lock_timeout. */
    private static final Set<String> CUT_SHORT = Set.of("57014", "55P03");

    /** Only outside a transaction block, so that there is none to look into. */
    private static final Pattern MAY_COMMIT = Pattern.compile("\\A\\s*(do|call)\\b", Pattern.CASE_INSENSITIVE);

    private static final String LOCKABLE = " c.relkind in ('r', 'p', 'm', 'v', 'f', 'S') ";

    private static final String LOCKS = "select" + Catalog.NAME + """
            , l.mode
            from pg_locks l join pg_class c on c.oid = l.relation join pg_namespace n on n.oid = c.relnamespace
            where l.pid = pg_backend_pid() and l.locktype = 'relation' and l.granted and""" + LOCKABLE + """
                and l.database = (select oid from pg_database where datname = current_database()) and""" + Catalog.USER_SCHEMA;

    /** The weakest first, without the word Lock. */
    static final List<String> MODES = List.of(
            "AccessShare",
            "RowShare",
            "RowExclusive",
            "ShareUpdateExclusive",
            "Share",
            "ShareRowExclusive",
            "Exclusive",
            "AccessExclusive");

    private final BaseConnection connection;
    private final Set<String> original;
    /** What was there before the migration and can be waited for: tables, views and sequences. */
    private final Set<String> originalLockable;

    private Scratch(BaseConnection connection, Set<String> original, Set<String> originalLockable) {
        this.connection = connection;
        this.original = original;
        this.originalLockable = originalLockable;
    }

    /**
     * @param connection in autocommit; what is in the tables is deleted
     * @param kept names of those in which it stays, folded and without a schema
     */
    static Scratch emptied(Connection connection, Set<String> kept) throws SQLException {
        BaseConnection own = connection.unwrap(BaseConnection.class);
        Catalog catalog = Catalog.of(own);
        List<String> tables = new ArrayList<>();
        try (Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery("""
                        select format('%I.%I', n.nspname, c.relname), lower(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where c.relkind in ('r', 'p') and""" + Catalog.USER_SCHEMA)) {
            while (rows.next()) {
                if (!kept.contains(rows.getString(2))) {
                    tables.add(rows.getString(1));
                }
            }
        }
        Set<String> lockable = new HashSet<>();
        try (Statement statement = own.createStatement();
                ResultSet rows = statement.executeQuery("select" + Catalog.NAME
                        + "from pg_class c join pg_namespace n on n.oid = c.relnamespace where" + LOCKABLE + "and"
                        + Catalog.USER_SCHEMA)) {
            while (rows.next()) {
                lockable.add(rows.getString(1));
            }
        }
        Scratch scratch = new Scratch(own, catalog.tableNames(), lockable);
        scratch.run(LIMITS);
        scratch.sleepNoMore();
        if (!tables.isEmpty()) {
            scratch.run("truncate " + String.join(", ", tables));
        }
        return scratch;
    }

    /** For asking only. */
    static Scratch asItIs(Connection connection) throws SQLException {
        return new Scratch(connection.unwrap(BaseConnection.class), Set.of(), Set.of());
    }

    Connection connection() {
        return connection;
    }

    /** Tables that were there before the migration. */
    Set<String> original() {
        return original;
    }

    Catalog catalog() throws SQLException {
        return Catalog.of(connection);
    }

    boolean inTransaction() {
        return connection.getTransactionState() != TransactionState.IDLE;
    }

    /** Runs what has to succeed. */
    void run(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    /** Changes this copy's own catalog, where the role may do that. */
    private void sleepNoMore() throws SQLException {
        try {
            run(NO_SLEEP);
        } catch (SQLException e) {
            if (!NOT_CHANGED.contains(e.getSQLState())) {
                throw e;
            }
        }
    }

    /** What became of a try. */
    private record Outcome(Optional<Refusal> refusal, boolean ended) {
        boolean done() {
            return ended && refusal.isEmpty();
        }
    }

    /** Tries a statement. One that is refused, or does not end, leaves the copy as it was. */
    Effect effect(String sql) throws SQLException {
        Catalog before = catalog();
        StatementKind kind = StatementKind.of(sql);
        boolean alone = !inTransaction();
        boolean mayCommit = alone && MAY_COMMIT.matcher(sql).find();
        boolean unwrapped = alone && !kind.allowedInTransaction();
        if (kind.controlsTransaction() || unwrapped || mayCommit) {
            Outcome outcome = attempt(sql);
            return difference(before, List.of(), kind.controlsTransaction(), outcome);
        }
        if (alone) {
            run("begin");
        }
        Set<String> held = new HashSet<>();
        locks().forEach((relation, modes) -> modes.forEach(mode -> held.add(relation + " " + mode)));
        run("savepoint harness_statement");
        Outcome outcome = attempt(sql);
        List<ExpectedLock> locks = new ArrayList<>();
        if (!outcome.done()) {
            run("rollback to savepoint harness_statement");
        } else {
            locks().forEach((relation, modes) -> modes.stream()
                    .filter(mode -> !held.contains(relation + " " + mode))
                    .max((one, other) -> Integer.compare(MODES.indexOf(one), MODES.indexOf(other)))
                    .filter(mode -> originalLockable.contains(relation))
                    .ifPresent(mode -> locks.add(new ExpectedLock(relation, mode))));
        }
        Effect effect = difference(before, locks, outcome.ended(), outcome);
        if (alone) {
            run(outcome.done() ? "commit" : "rollback");
        }
        return effect;
    }

    private Outcome attempt(String sql) throws SQLException {
        try {
            run(sql);
            return new Outcome(Optional.empty(), true);
        } catch (SQLException e) {
            if (connection.isClosed()) {
                throw e;
            }
            if (CUT_SHORT.contains(e.getSQLState())) {
                return new Outcome(Optional.empty(), false);
            }
            String message =
                    Objects.requireNonNullElse(e.getMessage(), "no message").replaceFirst("^ERROR: ", "");
            Refusal refusal = new Refusal(
                    Objects.requireNonNullElse(e.getSQLState(), ""),
                    message.lines().findFirst().orElse(message));
            return new Outcome(Optional.of(refusal), true);
        }
    }

    private Map<String, Set<String>> locks() throws SQLException {
        Map<String, Set<String>> locks = new TreeMap<>();
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(LOCKS)) {
            while (rows.next()) {
                locks.computeIfAbsent(rows.getString(1), relation -> new TreeSet<>())
                        .add(rows.getString(2).replaceFirst("Lock$", ""));
            }
        }
        return locks;
    }

    private Effect difference(Catalog before, List<ExpectedLock> locks, boolean locksSeen, Outcome outcome)
            throws SQLException {
        if (!outcome.done()) {
            return new Effect(
                    before,
                    locks,
                    locksSeen,
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    Set.of(),
                    outcome.refusal(),
                    outcome.ended());
        }
        Catalog after = catalog();
        Set<String> rewritten = new TreeSet<>();
        Set<String> indexed = new TreeSet<>();
        Map<String, Long> oldIndexes = new HashMap<>();
        before.relations().forEach((oid, relation) -> {
            if (!relation.isTable()) {
                oldIndexes.put(before.name(relation.table()) + " " + relation.name(), relation.filenode());
            }
        });
        after.relations().forEach((oid, relation) -> {
            Catalog.Relation was = before.relations().get(oid);
            boolean anew = was != null && was.filenode() != relation.filenode() && was.filenode() != 0;
            if (relation.isTable() && anew && original.contains(was.name())) {
                rewritten.add(was.name());
            }
            if (!relation.isTable() && relation.kind() == 'i') {
                // A column's new type may drop an index and make the same one again, over the same file.
                Long same = oldIndexes.get(after.name(relation.table()) + " " + relation.name());
                boolean kept = same != null && same == relation.filenode();
                if ((was == null || anew) && !kept) {
                    original(before, relation.table()).ifPresent(indexed::add);
                }
            }
        });
        return new Effect(
                before,
                locks,
                locksSeen,
                rewritten,
                indexed,
                newConstraints(before, after, constraint -> constraint.type() == 'c'),
                newConstraints(before, after, constraint -> constraint.type() == 'f'),
                validated(before, after),
                madeNotNull(before, after),
                Optional.empty(),
                true);
    }

    /** The name of a table that was there before the migration, and before the statement. */
    private Optional<String> original(Catalog before, long table) {
        return Optional.of(before.name(table)).filter(original::contains);
    }

    private Set<String> newConstraints(Catalog before, Catalog after, Predicate<Catalog.Constraint> wanted) {
        Set<String> tables = new TreeSet<>();
        after.constraints().forEach((oid, constraint) -> {
            if (!before.constraints().containsKey(oid) && constraint.validated() && wanted.test(constraint)) {
                original(before, constraint.table()).ifPresent(tables::add);
            }
        });
        return tables;
    }

    private Set<String> validated(Catalog before, Catalog after) {
        Set<String> tables = new TreeSet<>();
        after.constraints().forEach((oid, constraint) -> {
            Catalog.Constraint was = before.constraints().get(oid);
            if (was != null && !was.validated() && constraint.validated()) {
                original(before, constraint.table()).ifPresent(tables::add);
            }
        });
        return tables;
    }

    private Set<String> madeNotNull(Catalog before, Catalog after) {
        Set<String> columns = new TreeSet<>(after.notNull());
        columns.removeAll(before.notNull());
        columns.retainAll(before.columns());
        Set<String> unproved = new TreeSet<>();
        after.constraints().values().stream()
                .filter(constraint -> constraint.type() == 'n' && !constraint.validated())
                .forEach(constraint -> unproved.add(after.name(constraint.table()) + "." + constraint.columns()));
        // NOT NULL that is not valid claims nothing about the rows that are there.
        columns.removeAll(unproved);
        columns.removeIf(column -> !original.contains(column.substring(0, column.lastIndexOf('.'))));
        return columns;
    }
}
