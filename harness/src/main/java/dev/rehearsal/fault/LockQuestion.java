package dev.rehearsal.fault;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.function.Consumer;

/**
 * Whether the migration's session waits for or has a lock that stops writes, on the tables of cues.
 *
 * @param migration the application name of its session
 * @param then called again and again, as long as it is so
 */
record LockQuestion(String migration, List<String> tables, Consumer<Seen> then) implements ServerPoll.Question {
    private static final String LOCKS = """
            select wanted.name, l.granted
            from unnest(?::text[]) wanted(name)
            join pg_catalog.pg_locks l on l.relation = to_regclass(wanted.name)
            where l.locktype = 'relation'
              and l.database = (select oid from pg_catalog.pg_database where datname = current_database())
              and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
              and l.pid in (select pid from pg_catalog.pg_stat_activity where application_name = ? or usename = 'harness_tool')""";

    LockQuestion {
        tables = List.copyOf(tables);
    }

    /** @param granted whether the migration has it, or waits for it */
    record Seen(String table, boolean granted) {}

    @Override
    public PreparedStatement prepared(Connection connection) throws SQLException {
        PreparedStatement query = connection.prepareStatement(LOCKS);
        query.setArray(1, connection.createArrayOf("text", tables.toArray()));
        query.setString(2, migration);
        return query;
    }

    @Override
    public void seen(ResultSet row) throws SQLException {
        then.accept(new Seen(row.getString(1), row.getBoolean(2)));
    }
}
