package dev.rehearsal.measure;

import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.engine.LogFile;
import dev.rehearsal.engine.LogFormat;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.environment.Environment;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.Server;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.run.ApplicationNames;
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
    private final AutoCloseable server;
    private final LogAccess access;
    private final String url;
    private final Instruments instruments;
    private final RunClock clock = RunClock.started();
    private final List<RunEvent> events = new CopyOnWriteArrayList<>();

    private MeasuredServer(AutoCloseable server, String url, LogAccess access, long processId) throws Exception {
        this.server = server;
        this.url = url;
        this.access = access;
        try {
            this.instruments = Instruments.armed(url, access, processId, clock, events::add);
        } catch (Exception e) {
            server.close();
            throw e;
        }
    }

    public static MeasuredServer started(Path directory) throws Exception {
        return started(directory, 18);
    }

    public static MeasuredServer started(Path directory, int majorVersion) throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"), majorVersion);
        LogFormat format = new PostgresVersion(majorVersion).logFormat();
        Map<String, String> settings = new HashMap<>(Instruments.serverSettings());
        settings.putAll(format.settings());
        settings.put("log_directory", "log");
        LocalServer server = TestCluster.servers(majorVersion).start(data, settings);
        return new MeasuredServer(
                server,
                server.jdbcUrl(Snapshot.DATABASE),
                new LogAccess.AtHand(new LogFile(data.resolve("log").resolve(format.fileName()), format)),
                server.processId());
    }

    /** One of which we have a role that owns a database, and nothing else. */
    public static MeasuredServer withoutRights(Path directory, int majorVersion) throws Exception {
        Path data = TestCluster.clone(directory.resolve("data"), majorVersion);
        return withoutRights(TestCluster.servers(majorVersion).start(data, Map.of()));
    }

    /** @param server that is closed with it */
    static MeasuredServer withoutRights(LocalServer server) throws Exception {
        String superuser = server.jdbcUrl(Snapshot.DATABASE);
        try (Connection connection = DriverManager.getConnection(superuser)) {
            execute(connection, "create role plain login password 'plain'");
            execute(connection, "create database theirs owner plain");
        }
        return new MeasuredServer(
                server,
                "jdbc:postgresql://127.0.0.1:" + server.port() + "/theirs?user=plain&password=plain&ApplicationName="
                        + ApplicationNames.OBSERVER,
                new LogAccess.Unreadable("The test does not show it."),
                server.processId());
    }

    /** The primary of an environment, which is closed with it. */
    public static MeasuredServer over(Environment environment) throws Exception {
        Server primary = environment.primary();
        return new MeasuredServer(
                environment, primary.jdbcUrl(ApplicationNames.OBSERVER), primary.log(), primary.processId());
    }

    public String url() {
        return url;
    }

    public LogFile log() {
        return ((LogAccess.AtHand) access).file();
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
