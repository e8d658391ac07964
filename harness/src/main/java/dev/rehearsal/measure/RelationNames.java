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

    private final ObservedServer server;
    private Connection connection;
    private final Map<Long, Relation> relations = new HashMap<>();
    private final Set<Long> original = new HashSet<>();
    private final Set<String> originalTables = new HashSet<>();
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

    /** Empty for what was never seen committed: the transient tables of a rewrite, relations of a transaction that is open or rolled back. */
    synchronized Optional<Relation> find(long oid) {
        return Optional.ofNullable(relations.get(oid));
    }

    /** Like {@link #find}, but looks into the catalog (once) for an OID not known. */
    synchronized Optional<Relation> findNow(long oid) throws SQLException {
        if (!relations.containsKey(oid) && unresolved.add(oid)) {
            refresh();
        }
        return find(oid);
    }

    /** A copy of what is known now. */
    synchronized Map<Long, Relation> known() {
        return Collections.unmodifiableMap(new HashMap<>(relations));
    }

    /** After the server was away: what is known stays known. */
    synchronized void reconnect() throws SQLException {
        ObserverConnections.close(connection);
        connection = server.open();
        refresh();
    }

    synchronized void refresh() throws SQLException {
        relations.putAll(read());
        unresolved.removeAll(relations.keySet());
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
        relations.putAll(now);
        original.clear();
        originalTables.clear();
        now.forEach((oid, relation) -> {
            original.add(oid);
            if (relation.isTable()) {
                originalTables.add(relation.name());
            }
        });
    }

    /**
     * Whether the migration made it, so that nobody else can be waiting for it. A new table that has taken the place of one that was there (create,
     * copy, rename) is not its own: the application uses that name.
     */
    synchronized boolean isOwn(long oid) {
        if (original.contains(oid)) {
            return false;
        }
        Relation relation = relations.get(oid);
        return relation == null || !relation.isTable() || !originalTables.contains(relation.name());
    }

    @Override
    public synchronized void close() {
        ObserverConnections.close(connection);
    }
}
