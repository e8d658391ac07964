package dev.rehearsal.load;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;

/** A real server with a table of a thousand accounts. */
record AccountsServer(LocalServer server) implements AutoCloseable {
    static AccountsServer started(Path directory) throws Exception {
        AccountsServer started =
                new AccountsServer(TestCluster.servers().start(TestCluster.clone(directory.resolve("data")), Map.of()));
        started.execute("create table accounts (id bigint primary key, balance numeric not null default 0)");
        started.execute("insert into accounts select g, 0 from generate_series(1, 1000) g");
        return started;
    }

    String url() {
        return server.jdbcUrl(Snapshot.DATABASE);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url());
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** The number that a query has in its first row. */
    long ask(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            result.next();
            return result.getLong(1);
        }
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
