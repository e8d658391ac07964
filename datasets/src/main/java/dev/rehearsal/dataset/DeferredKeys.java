package dev.rehearsal.dataset;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Keys, indexes and foreign keys that are taken away while rows come in and put back afterwards, each in one go: a key that is kept up row by row costs
 * several times as much, and a foreign key would ask for an order of tables that rings of them do not have.
 *
 * <p>The server's own words for each are kept, so that what comes back is what was there. What something else needs (a view that groups by a primary key,
 * a replica identity, a partition's index) stays where it is.
 */
final class DeferredKeys {
    /** A foreign key of a partitioned table goes with those of its partitions; a partition's index belongs to the whole. */
    private static final String FOREIGN_KEYS = """
            select k.conrelid::regclass::text, quote_ident(k.conname), k.confrelid::regclass::text, pg_get_constraintdef(k.oid),
                   obj_description(k.oid, 'pg_constraint')
            from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
            where k.contype = 'f' and k.conparentid = 0 and n.nspname not in ('pg_catalog', 'information_schema')
            order by k.oid
            """;

    private static final String KEYS = """
            select k.conrelid::regclass::text, quote_ident(k.conname), '', pg_get_constraintdef(k.oid),
                   obj_description(k.oid, 'pg_constraint')
            from pg_constraint k
            join pg_class c on c.oid = k.conrelid
            join pg_namespace n on n.oid = c.relnamespace
            join pg_index x on x.indexrelid = k.conindid
            join pg_class i on i.oid = x.indexrelid
            where k.contype in ('p', 'u', 'x') and c.relkind = 'r' and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema')
              and i.reloptions is null and i.reltablespace = 0 and not x.indisreplident and not x.indisclustered
              and obj_description(i.oid, 'pg_class') is null
            order by k.oid
            """;

    private static final String INDEXES = """
            select x.indrelid::regclass::text, x.indexrelid::regclass::text, '', pg_get_indexdef(x.indexrelid),
                   obj_description(x.indexrelid, 'pg_class')
            from pg_index x
            join pg_class c on c.oid = x.indrelid
            join pg_namespace n on n.oid = c.relnamespace
            where c.relkind = 'r' and not c.relispartition and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
              and not x.indisreplident and not x.indisclustered and x.indisvalid
              and not exists (select from pg_constraint k where k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x'))
              and not exists (select from pg_attribute a where a.attrelid = x.indexrelid and coalesce(a.attstattarget, -1) >= 0)
            order by x.indexrelid
            """;

    private final List<Taken> taken = new ArrayList<>();

    /** What something is, by the lock that making it takes. */
    enum Kind {
        /** Share, beside other indexes of the same table. */
        INDEX,
        /** AccessExclusive on its table. */
        KEY,
        /** ShareRowExclusive on both tables. */
        FOREIGN_KEY
    }

    /**
     * Something that was taken away.
     *
     * @param tables it is about, as SQL needs their names
     * @param makeSql brings it back
     * @param title for people
     */
    record Taken(Kind kind, Set<String> tables, List<String> makeSql, String title) {
        boolean collidesWith(Taken other) {
            if (kind == Kind.INDEX && other.kind == Kind.INDEX) {
                return false;
            }
            return tables.stream().anyMatch(other.tables::contains);
        }
    }

    private DeferredKeys() {}

    /** Takes away what can be. */
    static DeferredKeys takeFrom(Connection connection) throws SQLException {
        DeferredKeys deferred = new DeferredKeys();
        List<Taken> foreignKeys = deferred.take(connection, Kind.FOREIGN_KEY, FOREIGN_KEYS);
        List<Taken> keys = deferred.take(connection, Kind.KEY, KEYS);
        List<Taken> indexes = deferred.take(connection, Kind.INDEX, INDEXES);
        deferred.taken.addAll(keys);
        deferred.taken.addAll(indexes);
        deferred.taken.addAll(foreignKeys);
        return deferred;
    }

    /** In an order in which they can be brought back one after the other. */
    List<Taken> all() {
        return List.copyOf(taken);
    }

    private List<Taken> take(Connection connection, Kind kind, String query) throws SQLException {
        List<String[]> found = new ArrayList<>();
        try (PreparedStatement statement = connection.prepareStatement(query);
                ResultSet row = statement.executeQuery()) {
            while (row.next()) {
                found.add(new String[] {
                    row.getString(1), row.getString(2), row.getString(3), row.getString(4), text(row.getString(5))
                });
            }
        }
        List<Taken> done = new ArrayList<>();
        for (String[] each : found) {
            String drop = kind == Kind.INDEX
                    ? "drop index " + each[1]
                    : "alter table " + each[0] + " drop constraint " + each[1];
            if (dropped(connection, drop)) {
                done.add(taken(kind, each[0], each[1], each[2], each[3], each[4]));
            }
        }
        return done;
    }

    private static Taken taken(Kind kind, String table, String name, String target, String definition, String comment) {
        Set<String> tables = new TreeSet<>(Set.of(table));
        if (!target.isEmpty()) {
            tables.add(target);
        }
        String on = kind == Kind.INDEX ? "index " + name : "constraint " + name + " on " + table;
        List<String> sql = new ArrayList<>();
        sql.add(
                kind == Kind.INDEX
                        ? definition
                        : "alter table " + table + " add constraint " + name + " " + definition);
        if (!comment.isEmpty()) {
            sql.add("comment on " + on + " is '" + comment.replace("'", "''") + "'");
        }
        return new Taken(kind, tables, sql, SchemaInstallation.title(sql.getFirst()));
    }

    private static String text(@org.jspecify.annotations.Nullable String text) {
        return text == null ? "" : text;
    }

    /** False if something depends on it. */
    private static boolean dropped(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
            return true;
        } catch (SQLException failure) {
            if ("2BP01".equals(failure.getSQLState())) {
                return false;
            }
            throw failure;
        }
    }

    /** Jobs that bring everything back, side by side as far as their locks allow. */
    List<Sessions.Job> jobs(Making making) {
        List<Sessions.Job> jobs = new ArrayList<>();
        for (int i = 0; i < taken.size(); i++) {
            Taken one = taken.get(i);
            Set<Integer> after = new HashSet<>();
            for (int earlier = 0; earlier < i; earlier++) {
                if (one.collidesWith(taken.get(earlier))) {
                    after.add(earlier);
                }
            }
            jobs.add(new Sessions.Job(after, connection -> making.make(one, connection)));
        }
        return jobs;
    }

    /** Brings one thing back. */
    interface Making {
        void make(Taken taken, Connection connection) throws Exception;
    }
}
