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
import java.util.OptionalLong;
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
    private final List<Transaction> ended = new ArrayList<>();
    private final ToolSampler sampler;
    private final ToolTap tap;
    private Map<Long, String> names;

    /**
     * @param newFiles by number of the statement, tables that have another file than before
     * @param before names of relations
     */
    private record Transaction(
            int pid,
            List<TappedSession.Statement> statements,
            Map<Integer, List<Long>> newFiles,
            Map<Long, String> before,
            RelationNames.Known after) {
        long sentNanos() {
            return statements.getFirst().sentNanos();
        }

        long returnedNanos() {
            return statements.getLast().returnedNanos();
        }
    }

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
    public synchronized void transactionEnded(TappedSession session, List<TappedSession.Statement> statements) {
        boolean changed =
                statements.stream().map(TappedSession.Statement::sql).anyMatch(StatementText::mayChangeTheSchema);
        Map<Long, String> before = names;
        Map<Integer, List<Long>> newFiles = changed ? byStatement(changedTables(), statements, before) : Map.of();
        RelationNames.Known after = tracer.names().known();
        names = after.names();
        session.pid().ifPresent(pid -> ended.add(new Transaction(pid, statements, newFiles, before, after)));
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
            List<Long> tables, List<TappedSession.Statement> statements, Map<Long, String> names) {
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
        List<Transaction> transactions;
        synchronized (this) {
            transactions = List.copyOf(ended);
            ended.clear();
        }
        List<ToolStatement> all = new ArrayList<>();
        Map<Integer, List<LockWaited>> waits = new TreeMap<>();
        transactions.forEach(transaction -> all.addAll(
                statements(transaction, waits.computeIfAbsent(transaction.pid(), this::waits), transactions)));
        all.sort(Comparator.comparingLong(statement -> statement.observation().sentNanos()));
        return all;
    }

    private synchronized List<LockWaited> waits(int pid) {
        return Optional.ofNullable(logs.get(pid)).map(log -> log.take().waits()).orElse(List.of());
    }

    private List<ToolStatement> statements(
            Transaction transaction, List<LockWaited> waits, List<Transaction> transactions) {
        List<WitnessedSession.Executed> executed = new ArrayList<>();
        for (TappedSession.Statement statement : transaction.statements()) {
            executed.add(new WitnessedSession.Executed(
                    statement.sql(),
                    statement.sentNanos(),
                    statement.returnedNanos(),
                    List.of(),
                    transaction.newFiles().getOrDefault(executed.size(), List.of())));
        }
        List<Observation> observations = new TransactionSummary(
                        clock,
                        executed,
                        Optional.empty(),
                        new SessionLog.Taken(
                                waits.stream()
                                        .filter(wait -> isOf(transaction, wait, transactions))
                                        .toList(),
                                List.of(),
                                List.of(),
                                List.of()),
                        holds(transaction),
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        transaction.before(),
                        transaction.after())
                .observations();
        List<ToolStatement> statements = new ArrayList<>();
        for (int i = 0; i < executed.size(); i++) {
            Optional<TappedSession.Failure> failure =
                    transaction.statements().get(i).failure();
            statements.add(new ToolStatement(
                    transaction.pid(),
                    executed.get(i).sql(),
                    failure.map(TappedSession.Failure::sqlState),
                    failure.map(TappedSession.Failure::message),
                    observations.get(i)));
        }
        return statements;
    }

    /** A session waits in one transaction at a time: in the last that had begun by the middle of the wait. */
    private static boolean isOf(Transaction transaction, LockWaited wait, List<Transaction> transactions) {
        long middle = wait.endNanos() - wait.durationNanos() / 2;
        return transaction.sentNanos() <= middle
                && transactions.stream()
                        .filter(other -> other.pid() == transaction.pid())
                        .noneMatch(other -> other.sentNanos() > transaction.sentNanos() && other.sentNanos() <= middle);
    }

    private List<HoldTimeline.Hold> holds(Transaction transaction) {
        HoldTimeline timeline = new HoldTimeline();
        for (ToolSampler.Sightings run :
                sampler.during(transaction.pid(), transaction.sentNanos(), transaction.returnedNanos())) {
            timeline.add(run.first());
            timeline.add(run.last());
        }
        transaction
                .statements()
                .forEach(statement -> timeline.statement(
                        statement.sentNanos(), statement.returnedNanos(), StatementText.mayCommit(statement.sql())));
        return timeline.holds();
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
