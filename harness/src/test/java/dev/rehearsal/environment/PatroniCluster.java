package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PatroniSpec;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Three PostgreSQL servers under Debian's Patroni, with an etcd to agree by and a HAProxy that leads to whoever leads, all on the loopback interface.
 *
 * <pre>
 *   address ──► haproxy ──► alpha | beta | gamma       etcd
 *                  asks Patroni's REST APIs who leads    holds the leader's lease, of 20 s
 * </pre>
 */
public final class PatroniCluster implements AutoCloseable {
    public static final String SUPERUSER = "postgres";
    public static final String PASSWORD = "s3cret-of-the-cluster";

    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final Path POSTGRESQL = Path.of("/usr/lib/postgresql/15/bin");
    private static final String PROGRAMS = System.getenv("PATH") + ":/usr/sbin:/sbin";
    private static final List<String> NAMES = List.of("alpha", "beta", "gamma");

    private final Path directory;
    private final List<String> prefix;
    private final int port;
    private final int etcdPort;
    private final int etcdPeerPort;
    private final Map<String, Member> members = new LinkedHashMap<>();
    private final List<Process> started = new ArrayList<>();

    private record Member(String name, int port, int apiPort, Path directory) {
        Path data() {
            return directory.resolve("data");
        }
    }

    /** All at once, so that no two are the same. */
    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            while (sockets.size() < count) {
                sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    private PatroniCluster(Path directory) throws EnvironmentException, IOException {
        this.directory = directory;
        this.prefix = Privileges.ofThisProcess().prefix();
        Iterator<Integer> ports = freePorts(3 + 2 * NAMES.size()).iterator();
        this.port = ports.next();
        this.etcdPort = ports.next();
        this.etcdPeerPort = ports.next();
        for (String name : NAMES) {
            Path place = Files.createDirectories(directory.resolve(name));
            members.put(name, new Member(name, ports.next(), ports.next(), place));
        }
    }

    /**
     * One whose members all run. Skips where its programs are missing.
     *
     * @param directory a short path: sockets are in it
     */
    public static PatroniCluster started(Path directory) throws Exception {
        for (String program : List.of("patroni", "etcd", "haproxy")) {
            assumeThat(Commands.find(program, PROGRAMS))
                    .as("a program %s on this machine", program)
                    .isPresent();
        }
        assumeThat(POSTGRESQL.resolve("initdb")).exists();
        PatroniCluster cluster = new PatroniCluster(directory);
        boolean complete = false;
        try {
            cluster.start();
            complete = true;
            return cluster;
        } finally {
            if (!complete) {
                cluster.close();
            }
        }
    }

    /** Of what leads to the leader. */
    public String address() {
        return "127.0.0.1:" + port;
    }

    public List<String> apis() {
        return members.values().stream()
                .map(member -> "http://127.0.0.1:" + member.apiPort)
                .toList();
    }

    /**
     * Kills a member with all its processes at once, as a machine that fails whose network fails a second before: what it acknowledges then nobody else
     * has. It finds which member in its environment.
     */
    public Path killCommand() throws IOException {
        Path file = Files.writeString(directory.resolve("kill-leader"), """
                #!/bin/sh
                cd '%s'/"$%s" || exit 1
                postmaster=$(head -n 1 data/postmaster.pid) || exit 1
                kill -STOP $(pgrep -P $postmaster -f walsender) || exit 1
                sleep 1
                children=$(pgrep -P $postmaster)
                kill -9 $(cat patroni.pid) $postmaster || exit 1
                kill -9 $children 2> /dev/null # one may have ended by itself
                echo "killed $%s at $%s:$%s"
                """.formatted(
                directory, PatroniSpec.LEADER, PatroniSpec.LEADER, PatroniSpec.LEADER_HOST, PatroniSpec.LEADER_PORT));
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    /** What the leader's own server says, in a database. */
    public List<String> texts(String database, String sql) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Connection connection = connect(port, database);
                Statement statement = connection.createStatement()) {
            if (statement.execute(sql)) {
                try (ResultSet rows = statement.getResultSet()) {
                    while (rows.next()) {
                        texts.add(rows.getString(1));
                    }
                }
            }
        }
        return texts;
    }

    /** The member to which the address leads. */
    public String leader() throws SQLException {
        String there = texts("postgres", "select current_setting('port')").getFirst();
        return members.values().stream()
                .filter(member -> Integer.toString(member.port).equals(there))
                .findFirst()
                .orElseThrow()
                .name();
    }

    /** What each member's Patroni and the others have said last. */
    public String told() {
        StringBuilder told = new StringBuilder();
        for (String name : NAMES) {
            told.append(name)
                    .append(":\n")
                    .append(Commands.lastLinesOf(directory.resolve(name + ".log"), 30))
                    .append('\n');
        }
        return told
                + Commands.lastLinesOf(directory.resolve("haproxy.log"))
                + Commands.lastLinesOf(directory.resolve("etcd.log"), 5);
    }

    private void start() throws Exception {
        run(
                "etcd",
                List.of(
                        "etcd",
                        "--data-dir",
                        Files.createDirectories(directory.resolve("etcd")).toString(),
                        "--listen-client-urls",
                        "http://127.0.0.1:" + etcdPort,
                        "--advertise-client-urls",
                        "http://127.0.0.1:" + etcdPort,
                        "--listen-peer-urls",
                        "http://127.0.0.1:" + etcdPeerPort,
                        "--unsafe-no-fsync"));
        proxy();
        member(members.get("alpha"));
        awaitThat(() -> answers(members.get("alpha").port));
        member(members.get("beta"));
        member(members.get("gamma"));
        awaitThat(() -> texts("postgres", "select 1 from pg_stat_replication where state = 'streaming'")
                        .size()
                == 2);
    }

    private void awaitThat(java.util.concurrent.Callable<Boolean> condition) {
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(300))
                .ignoreExceptions()
                .until(() -> {
                    assertThat(started).as(this::told).allMatch(Process::isAlive);
                    return condition.call();
                });
    }

    private static boolean answers(int port) throws SQLException {
        try (Connection connection = connect(port, "postgres");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select not pg_is_in_recovery()")) {
            row.next();
            return row.getBoolean(1);
        }
    }

    private static Connection connect(int port, String database) throws SQLException {
        return DriverManager.getConnection(JdbcUrl.of("127.0.0.1", port, database, SUPERUSER, PASSWORD));
    }

    private void proxy() throws IOException {
        StringBuilder servers = new StringBuilder();
        for (Member member : members.values()) {
            servers.append(
                    "    server %s 127.0.0.1:%d check port %d%n".formatted(member.name, member.port, member.apiPort));
        }
        Path file = Files.writeString(directory.resolve("haproxy.cfg"), """
                global
                    maxconn 500
                defaults
                    mode tcp
                    timeout connect 2s
                    timeout check 2s
                    timeout client 1h
                    timeout server 1h
                listen leader
                    bind 127.0.0.1:%d
                    option httpchk OPTIONS /primary
                    http-check expect status 200
                    default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions
                %s""".formatted(port, servers));
        run("haproxy", List.of("haproxy", "-db", "-f", file.toString()));
    }

    private void member(Member member) throws IOException {
        Path file = Files.writeString(directory.resolve(member.name + ".yaml"), """
                scope: rehearsed
                name: %1$s
                restapi: { listen: "127.0.0.1:%2$d", connect_address: "127.0.0.1:%2$d" }
                etcd3: { hosts: "127.0.0.1:%3$d" }
                bootstrap:
                  dcs:
                    ttl: 20
                    loop_wait: 2
                    retry_timeout: 3
                    maximum_lag_on_failover: 1000000000
                    postgresql: { use_pg_rewind: false, use_slots: true }
                  initdb: [ { encoding: UTF8 }, { locale: C.UTF-8 }, no-sync ]
                postgresql:
                  listen: "127.0.0.1:%4$d"
                  connect_address: "127.0.0.1:%4$d"
                  data_dir: "%5$s"
                  bin_dir: "%6$s"
                  pgpass: "%7$s/pgpass"
                  authentication:
                    superuser: { username: %8$s, password: %9$s }
                    replication: { username: replicator, password: %9$s }
                  pg_hba: [ "host all all 127.0.0.1/32 scram-sha-256", "host replication replicator 127.0.0.1/32 scram-sha-256" ]
                  parameters:
                    unix_socket_directories: "%7$s"
                    password_encryption: scram-sha-256
                    shared_buffers: 32MB
                    max_connections: 100
                    fsync: "off"
                """.formatted(
                        member.name,
                        member.apiPort,
                        etcdPort,
                        member.port,
                        member.data(),
                        POSTGRESQL,
                        member.directory,
                        SUPERUSER,
                        PASSWORD));
        Process process = run(member.name, List.of("patroni", file.toString()));
        Files.writeString(member.directory.resolve("patroni.pid"), Long.toString(process.pid()));
    }

    /** Each program replaces the one that takes root away, so that the process is its own. */
    private Process run(String name, List<String> command) throws IOException {
        List<String> full = new ArrayList<>(prefix);
        full.add(Commands.find(command.getFirst(), PROGRAMS).orElseThrow().toString());
        full.addAll(command.subList(1, command.size()));
        ProcessBuilder builder = new ProcessBuilder(full)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve(name + ".log").toFile());
        Commands.cleanEnvironment(builder.environment());
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** Patroni first, which would start again what is ended. */
    @Override
    public void close() throws IOException {
        started.forEach(Process::destroyForcibly);
        for (Member member : members.values()) {
            Optional<ProcessHandle> postmaster = postmaster(member);
            List<ProcessHandle> all = new ArrayList<>();
            postmaster.ifPresent(all::add);
            postmaster.ifPresent(process -> process.descendants().forEach(all::add));
            all.forEach(ProcessHandle::destroyForcibly);
            await().atMost(PATIENCE).until(() -> all.stream().noneMatch(ProcessHandle::isAlive));
        }
        await().atMost(PATIENCE).until(() -> started.stream().noneMatch(Process::isAlive));
    }

    /** Nobody else's: a process that was killed leaves its file, and its number may be another's by then. */
    private static Optional<ProcessHandle> postmaster(Member member) throws IOException {
        Path file = member.data().resolve("postmaster.pid");
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        List<String> lines = Files.readAllLines(file);
        return lines.isEmpty()
                ? Optional.empty()
                : ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                        .filter(process -> process.info()
                                .commandLine()
                                .orElse("")
                                .contains(member.data().toString()));
    }
}
