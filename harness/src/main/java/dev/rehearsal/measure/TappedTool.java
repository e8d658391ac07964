package dev.rehearsal.measure;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.LockWaited;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Watches a migration tool's sessions on a server whose log is not read, by a relay in front of it ({@link ToolTap}).
 *
 * <p>Its statements, when each was sent and answered and with what error are known from their messages; locks from a sampler, and from a reading between a
 * statement and its answer while its transaction is open; rewrites from the tables' files when a transaction is over. While that is looked at the tool waits for
 * its answer, a few milliseconds. What is not known is how much a statement wrote and read, and a lock that a statement in autocommit had for a moment.
 */
final class TappedTool implements ToolWatch, TappedSession.Listener {
    private static final Duration END = Duration.ofSeconds(5);
    private static final long LOOK_MILLIS = 100;

    private final ObservedServer server;
    private final WaitAccount tracer;
    private final RunClock clock;
    private final Consumer<String> trouble;
    private final Connection connection;
    private final TableFiles files;
    private final Strangers strangers = new Strangers();
    private final Map<Integer, TappedSession> live = new TreeMap<>();
    private final Map<Integer, SessionLog> logs = new TreeMap<>();
    private final List<Ended> ended = new ArrayList<>();
    private final ToolSampler sampler;
    private final ToolTap tap;
    private Map<Long, String> names;

    /** @param before names of relations */
    private record Ended(ToolTransaction transaction, Map<Long, String> before, RelationNames.Known after) {}

    private TappedTool(
            ObservedServer server,
            Connection connection,
            String host,
            int port,
            Map<String, String> settings,
            WaitAccount tracer,
            RunClock clock,
            Consumer<String> trouble)
            throws SQLException, IOException {
        this.server = server;
        this.connection = connection;
        this.tracer = tracer;
        this.clock = clock;
        this.trouble = trouble;
        tracer.names().refresh();
        this.names = tracer.names().known().names();
        this.files = TableFiles.of(connection);
        this.sampler = ToolSampler.ofSessions(server.open(), this::pids, clock::nowNanos, strangers, trouble);
        try {
            this.tap = ToolTap.opened(host, port, settings, () -> new TappedSession(clock::nowNanos, this));
        } catch (IOException e) {
            sampler.close();
            throw e;
        }
    }

    /**
     * @param host of the way that everybody takes to the server
     * @param settings of the server that sessions begin with
     */
    static TappedTool begun(
            ObservedServer server,
            String host,
            int port,
            Map<String, String> settings,
            WaitAccount tracer,
            RunClock clock,
            Consumer<String> trouble)
            throws SQLException {
        Connection connection = server.open();
        try {
            return new TappedTool(server, connection, host, port, settings, tracer, clock, trouble);
        } catch (IOException e) {
            ObserverConnections.close(connection);
            throw new SQLException("no relay for the tool could be opened: " + e.getMessage(), e);
        } catch (SQLException e) {
            ObserverConnections.close(connection);
            throw e;
        }
    }

    @Override
    public Way way() {
        return new Way.ByPort(tap.port());
    }

    /** Of all its sessions that there have been: one may have been seen just before it ended. */
    private synchronized Set<Integer> pids() {
        return Set.copyOf(logs.keySet());
    }

    private synchronized Set<Integer> livePids() {
        return Set.copyOf(live.keySet());
    }

    @Override
    public synchronized void begun(TappedSession session, int pid) {
        live.put(pid, session);
        logs.put(pid, tracer.follow(pid));
        try (PreparedStatement query = connection.prepareStatement("select count(*) from pg_stat_get_activity(?)")) {
            query.setInt(1, pid);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                if (row.getInt(1) == 0) {
                    trouble.accept(
                            "the server does not know a session of the migration's tool by the number that it gave it: there is"
                                    + " something between them, and what the session locked is not known");
                }
            }
        } catch (SQLException e) {
            trouble.accept("the sessions of the migration's tool could not be read: " + e.getMessage());
        }
    }

    @Override
    public void executed(TappedSession session) {
        try {
            sampler.read();
        } catch (SQLException e) {
            trouble.accept("locks of the migration's tool could not be read: " + e.getMessage());
        }
    }

    @Override
    public synchronized void transactionEnded(TappedSession session, List<ToolTransaction.Statement> statements) {
        boolean changed =
                statements.stream().map(ToolTransaction.Statement::sql).anyMatch(StatementText::mayChangeTheSchema);
        Map<Long, String> before = names;
        Map<Integer, List<Long>> newFiles = changed ? byStatement(changedTables(), statements, before) : Map.of();
        RelationNames.Known after = tracer.names().known();
        names = after.names();
        session.pid()
                .ifPresent(pid -> ended.add(new Ended(
                        new ToolTransaction(pid, statements, SessionLog.Taken.waits(List.of()), newFiles),
                        before,
                        after)));
    }

    private List<Long> changedTables() {
        try {
            tracer.names().refresh();
            return files.changed();
        } catch (SQLException e) {
            trouble.accept("what the migration's tool made of the tables could not be read: " + e.getMessage());
            return List.of();
        }
    }

    /** A table's new file is the work of the last of those statements that name it and whose text tells why; else of one that does either. */
    private static Map<Integer, List<Long>> byStatement(
            List<Long> tables, List<ToolTransaction.Statement> statements, Map<Long, String> names) {
        Map<Integer, List<Long>> byStatement = new LinkedHashMap<>();
        for (long table : tables) {
            String name = names.getOrDefault(table, "");
            Pattern named = Pattern.compile(
                    "\\b" + Pattern.quote(name.substring(name.lastIndexOf('.') + 1)) + "\\b", Pattern.CASE_INSENSITIVE);
            int found = -1;
            int best = -1;
            for (int i = 0; i < statements.size(); i++) {
                String sql = statements.get(i).sql();
                int speaksForIt = (named.matcher(sql).find() ? 2 : 0) + (StatementText.tellsWhyItRewrites(sql) ? 1 : 0);
                if (StatementText.mayChangeTheSchema(sql) && speaksForIt >= best) {
                    found = i;
                    best = speaksForIt;
                }
            }
            if (found >= 0 && !StatementText.empties(statements.get(found).sql())) {
                byStatement.computeIfAbsent(found, ignored -> new ArrayList<>()).add(table);
            }
        }
        return byStatement;
    }

    @Override
    public synchronized void ended(TappedSession session) {
        session.pid().ifPresent(live::remove);
        notifyAll();
    }

    @Override
    public List<ToolStatement> statements() {
        tracer.drain();
        List<Ended> transactions;
        synchronized (this) {
            transactions = List.copyOf(ended);
            ended.clear();
        }
        Map<Integer, List<LockWaited>> waits = new TreeMap<>();
        transactions.forEach(each -> waits.computeIfAbsent(each.transaction().pid(), this::waits));
        List<ToolStatement> all = new ArrayList<>();
        for (Ended each : transactions) {
            ToolTransaction transaction = each.transaction();
            List<LockWaited> its = waits.get(transaction.pid()).stream()
                    .filter(wait -> isOf(transaction, wait, transactions))
                    .toList();
            all.addAll(transaction
                    .with(SessionLog.Taken.waits(its))
                    .told(clock, sampler.during(transaction), each.before(), each.after()));
        }
        all.sort(Comparator.comparingLong(statement -> statement.observation().sentNanos()));
        return all;
    }

    private synchronized List<LockWaited> waits(int pid) {
        return Optional.ofNullable(logs.get(pid)).map(log -> log.take().waits()).orElse(List.of());
    }

    /** A session waits in one transaction at a time: in the last that had begun by the middle of the wait. */
    private static boolean isOf(ToolTransaction transaction, LockWaited wait, List<Ended> transactions) {
        long middle = wait.endNanos() - wait.durationNanos() / 2;
        return transaction.sentNanos() <= middle
                && transactions.stream()
                        .map(Ended::transaction)
                        .filter(other -> other.pid() == transaction.pid())
                        .noneMatch(other -> other.sentNanos() > transaction.sentNanos() && other.sentNanos() <= middle);
    }

    @Override
    public void endSessions() throws SQLException {
        Set<Integer> pids = livePids();
        if (pids.isEmpty()) {
            return;
        }
        try (Connection own = server.open();
                PreparedStatement end = own.prepareStatement("select pg_terminate_backend(pid) from unnest(?) pid")) {
            end.setArray(1, own.createArrayOf("int4", pids.toArray()));
            end.execute();
        }
        awaitEnd(pids);
    }

    /** What an ended session had under way is known when its connection has gone. */
    private synchronized void awaitEnd(Set<Integer> pids) {
        long until = clock.nowNanos() + END.toNanos();
        try {
            while (pids.stream().anyMatch(live::containsKey) && clock.nowNanos() < until) {
                wait(LOOK_MILLIS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public synchronized int sessionCount() {
        return logs.size();
    }

    @Override
    public Set<String> strangers() {
        return strangers.names();
    }

    @Override
    public void close() {
        try {
            tap.close();
        } catch (IOException e) {
            trouble.accept("the relay of the migration's tool could not be closed: " + e.getMessage());
        }
        sampler.close();
        synchronized (this) {
            logs.keySet().forEach(tracer::unfollow);
        }
        ObserverConnections.close(connection);
    }
}
