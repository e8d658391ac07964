package dev.rehearsal.fault;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.Consumer;

/**
 * In which phase of building an index CONCURRENTLY the migration's session is.
 *
 * @param migration the application name of its session
 * @param then called again and again with the server's words, as long as it builds one
 */
record PhaseQuestion(String migration, Consumer<String> then) implements ServerPoll.Question {
    private static final String PHASES = """
            select p.phase
            from pg_catalog.pg_stat_progress_create_index p
            where p.command like '%CONCURRENTLY'
              and p.pid in (select pid from pg_catalog.pg_stat_activity where application_name = ? or usename = 'harness_tool')""";

    @Override
    public PreparedStatement prepared(Connection connection) throws SQLException {
        PreparedStatement query = connection.prepareStatement(PHASES);
        query.setString(1, migration);
        return query;
    }

    @Override
    public void seen(ResultSet row) throws SQLException {
        then.accept(row.getString(1));
    }
}
