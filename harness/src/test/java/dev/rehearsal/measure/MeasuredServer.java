package dev.rehearsal.measure;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** A real server with armed instruments whose journal is a list. */
public final class MeasuredServer implements AutoCloseable {
    private final LocalServer server;
    private final Instruments instruments;
    private final RunClock clock = RunClock.started();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    private MeasuredServer(Path directory) throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"));
        Map<String, String> settings = new HashMap<>(Instruments.serverSettings());
        settings.put("log_directory", "log");
        settings.put("log_filename", "server.log");
        this.server = TestCluster.servers().start(data, settings);
        try {
            this.instruments =
                    Instruments.armed(url(), data.resolve("log/server.json"), server.processId(), clock, events::add);
        } catch (Exception e) {
            server.close();
            throw e;
        }
    }

    public static MeasuredServer started(Path directory) throws Exception {
        return new MeasuredServer(directory);
    }

    public String url() {
        return server.jdbcUrl(Snapshot.DATABASE);
    }

    public Path log() {
        return server.dataDirectory().resolve("log/server.json");
    }

    public RunClock clock() {
        return clock;
    }

    public Instruments instruments() {
        return instruments;
    }

    /** A session with an {@code application_name}. */
    public Connection connect(String applicationName) throws SQLException {
        Connection connection = DriverManager.getConnection(url());
        connection.setClientInfo("ApplicationName", applicationName);
        return connection;
    }

    /** Runs statements one by one in autocommit, outside of any measurement. */
    public void execute(String... statements) throws SQLException {
        try (Connection connection = connect("test")) {
            execute(connection, statements);
        }
    }

    public static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    public void record(RunEvent event) {
        events.add(event);
    }

    /** What was journaled so far. */
    public <T extends RunEvent> List<T> events(Class<T> type) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    public void forgetEvents() {
        events.clear();
    }

    @Override
    public void close() throws Exception {
        try (server) {
            instruments.close();
        }
    }
}
