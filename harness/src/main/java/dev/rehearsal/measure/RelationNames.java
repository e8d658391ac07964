package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Names of relations by OID, as long as the run lasts: a relation that was dropped keeps its last known name. Safe for use by several threads.
 *
 * <p>It also knows what was there when the migration began. Toast tables are known, and told apart.
 */
final class RelationNames implements AutoCloseable {
    private static final String QUERY = """
            select c.oid::bigint, case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname,
                c.relkind, n.nspname like 'pg\\_toast%'
            from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where c.oid >= 16384""";

    /** @param kind {@code pg_class.relkind} */
    record Relation(String name, char kind, boolean toast) {
        /** Rows of its own that a sequential scan can read. */
        boolean hasRows() {
            return (kind == 'r' || kind == 'm') && !toast;
        }

        private boolean isTable() {
            return kind == 'r' || kind == 'p' || kind == 'm' || kind == 'v' || kind == 'f';
        }
    }

    /**
     * What is known at one moment; does not change afterwards.
     *
     * @param relations by OID
     * @param original OIDs of what was there when the migration began
     * @param originalTables names of the tables among them
     */
    record Known(Map<Long, Relation> relations, Set<Long> original, Set<String> originalTables) {
        /** Empty for what was never seen committed: the transient tables of a rewrite, relations of a transaction that is open or rolled back. */
        Optional<Relation> find(long oid) {
            return Optional.ofNullable(relations.get(oid));
        }

        Map<Long, String> names() {
            Map<Long, String> names = new HashMap<>();
            relations.forEach((oid, relation) -> names.put(oid, relation.name()));
            return names;
        }

        /**
         * Whether the migration made it, so that nobody else can be waiting for it. A new table that has taken the place of one that was there (create,
         * copy, rename) is not its own: the application uses that name.
         *
         * @param name that the relation had when it is asked about
         */
        boolean isOwn(long oid, String name) {
            boolean table = find(oid).map(Relation::isTable).orElse(false);
            return !original.contains(oid) && !(table && originalTables.contains(name));
        }
    }

    private final ObservedServer server;
    private Connection connection;
    private Known known = new Known(Map.of(), Set.of(), Set.of());
    private final Set<Long> unresolved = new HashSet<>();

    private RelationNames(ObservedServer server, Connection connection) {
        this.server = server;
        this.connection = connection;
    }

    /** Names of all relations of the database, over a connection of its own. */
    static RelationNames loaded(ObservedServer server) throws SQLException {
        RelationNames names = new RelationNames(server, server.open());
        try {
            names.refresh();
        } catch (SQLException e) {
            names.close();
            throw e;
        }
        return names;
    }

    /** Looks into the catalog (once) for an OID not known. */
    synchronized Optional<Relation> findNow(long oid) throws SQLException {
        if (known.find(oid).isEmpty() && unresolved.add(oid)) {
            refresh();
        }
        return known.find(oid);
    }

    synchronized Known known() {
        return known;
    }

    /** After the server was away: what is known stays known. */
    synchronized void reconnect() throws SQLException {
        ObserverConnections.close(connection);
        connection = server.open();
        refresh();
    }

    synchronized void refresh() throws SQLException {
        know(read(), known.original(), known.originalTables());
    }

    private void know(Map<Long, Relation> now, Set<Long> original, Set<String> originalTables) {
        Map<Long, Relation> relations = new HashMap<>(known.relations());
        relations.putAll(now);
        known = new Known(Collections.unmodifiableMap(relations), original, originalTables);
        unresolved.removeAll(now.keySet());
    }

    private Map<Long, Relation> read() throws SQLException {
        Map<Long, Relation> now = new HashMap<>();
        try (PreparedStatement statement = connection.prepareStatement(QUERY);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                now.put(
                        rows.getLong(1),
                        new Relation(rows.getString(2), rows.getString(3).charAt(0), rows.getBoolean(4)));
            }
        }
        return now;
    }

    /** Takes what there is now as what is not the migration's. Called when a migration, or a rollback, begins. */
    synchronized void baseline() throws SQLException {
        Map<Long, Relation> now = read();
        Set<String> tables = now.values().stream()
                .filter(Relation::isTable)
                .map(Relation::name)
                .collect(Collectors.toUnmodifiableSet());
        know(now, Set.copyOf(now.keySet()), tables);
    }

    @Override
    public synchronized void close() {
        ObserverConnections.close(connection);
    }
}
