package dev.rehearsal.dataset;

import dev.rehearsal.environment.LocalServers;
import dev.rehearsal.environment.TestCluster;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A running server that datasets are loaded into, each into a database of its own. */
final class BuildingDatabase implements AutoCloseable {
    private final ServerLauncher.RunningServer server;

    private BuildingDatabase(ServerLauncher.RunningServer server) {
        this.server = server;
    }

    /** @param folder for the server's files; nothing is in it yet */
    static BuildingDatabase in(Path folder) throws Exception {
        Path data = TestCluster.clone(folder.resolve("data"));
        LocalServers servers = TestCluster.servers();
        return new BuildingDatabase(servers.start(data, DatasetBuilder.BUILD_SETTINGS));
    }

    /** Makes an empty database. */
    String create(String database) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.jdbcUrl("postgres"));
                Statement statement = connection.createStatement()) {
            statement.execute("drop database if exists " + database);
            statement.execute("create database " + database);
        }
        return server.jdbcUrl(database);
    }

    /** What PostgreSQL's own programs connect by: of the driver's parameters, who it is and how it shows that. */
    static String libpqUri(String jdbcUrl) {
        String[] parts = jdbcUrl.substring("jdbc:".length()).split("\\?", 2);
        return parts[0] + "?"
                + Stream.of(parts[1].split("&", -1))
                        .filter(parameter -> parameter.startsWith("user=") || parameter.startsWith("password="))
                        .collect(Collectors.joining("&"));
    }

    /** The first column of a query's rows, one a line. */
    static String ask(String jdbcUrl, String sql) throws SQLException {
        List<String> values = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(jdbcUrl);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            while (row.next()) {
                values.add(row.getString(1));
            }
        }
        return String.join("\n", values);
    }

    /** A checksum of every table's contents, by the server, in the order of their rows. */
    static String checksum(String jdbcUrl) throws SQLException {
        StringBuilder sums = new StringBuilder();
        for (String table : ask(jdbcUrl, """
                        select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where c.relkind = 'r' and n.nspname not in ('pg_catalog', 'information_schema') order by 1
                        """).split("\n", -1)) {
            sums.append(table)
                    .append(' ')
                    .append(ask(
                            jdbcUrl,
                            "select count(*) || ' ' || coalesce(sum(hashtextextended(t::text, 0)::numeric), 0) from "
                                    + table + " t"))
                    .append('\n');
        }
        return sums.toString();
    }

    /** Every constraint and index that is not as it should be. */
    static String invalid(String jdbcUrl) throws SQLException {
        return ask(jdbcUrl, """
                select conname from pg_constraint where not convalidated and connamespace <> 'pg_catalog'::regnamespace
                union all
                select indexrelid::regclass::text from pg_index where not indisvalid
                """);
    }

    @Override
    public void close() throws Exception {
        server.close();
    }
}
