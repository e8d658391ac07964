package dev.rehearsal.measure;

import dev.rehearsal.engine.LogAccess;
import dev.rehearsal.engine.LogFile;
import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.scenario.EnvironmentException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Reads the server's own account of lock waits out of its log, while it is written, and journals every wait of every session. Safe for use by
 * several threads.
 *
 * <p>What it cannot see: waits shorter than {@code deadlock_timeout} (they are not logged), and when a wait ended that nobody reported the end
 * of ({@link dev.rehearsal.run.RunEvent.WaitOutcome#UNKNOWN}).
 */
public final class LockTracer implements WaitAccount {
    static final String INSTRUMENT = "lock tracer";

    private static final Duration MARKER_LIMIT = Duration.ofSeconds(15);
    private static final Duration FILE_LIMIT = Duration.ofSeconds(10);
    private static final Duration FILE_POLL = Duration.ofMillis(10);

    private final RunClock clock;
    private final Journal journal;
    private final ObservedServer server;
    private final Absences absences;
    private final Object markersLock = new Object();
    private Connection markers;
    private final RelationNames names;
    private final WaitLedger ledger;
    private final LogParser parser;
    private final Map<String, CompletableFuture<Boolean>> expectedMarkers = new ConcurrentHashMap<>();
    private final Map<Integer, SessionLog> followed = new ConcurrentHashMap<>();
    private volatile Optional<ToolSessions> tools = Optional.empty();
    private volatile boolean armed;
    private volatile boolean lost;
    private int markerCount;
    /** Touched by the tail's thread only. */
    private int garbledLinesExcused;

    private volatile Optional<LogTail> tail = Optional.empty();

    private LockTracer(
            LogFile log,
            RunClock clock,
            Journal journal,
            ObservedServer server,
            Connection markers,
            RelationNames names,
            Absences absences) {
        this.server = server;
        this.absences = absences;
        this.parser = new LogParser(log.format());
        this.clock = clock;
        this.journal = journal;
        this.markers = markers;
        this.names = names;
        this.ledger = new WaitLedger(clock, target -> target.described(this::name));
    }

    /**
     * What the server must be started with. Where the log goes, and in which of the formats, is the caller's to say ({@link
     * dev.rehearsal.engine.LogFormat#settings}).
     *
     * @param deadlockTimeout waits shorter than this are not logged; whole milliseconds, at least one
     */
    public static Map<String, String> requiredSettings(Duration deadlockTimeout) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("log_lock_waits", "on");
        settings.put("deadlock_timeout", Math.max(1, deadlockTimeout.toMillis()) + "ms");
        settings.put("log_min_messages", "warning");
        settings.put("log_min_error_statement", "error");
        settings.put("log_error_verbosity", "default");
        settings.put("log_timezone", "UTC");
        settings.put("lc_messages", "C");
        return settings;
    }

    /**
     * Starts reading, and proves that the log can be read: it returns when a line of its own has come through it. Lines before that are
     * skipped.
     *
     * @param log that the server writes
     */
    public static LockTracer armed(LogFile log, String directJdbcUrl, RunClock clock, Journal journal)
            throws EnvironmentException {
        return armed(log, new ObservedServer(directJdbcUrl), clock, journal, new Absences());
    }

    static LockTracer armed(LogFile log, ObservedServer server, RunClock clock, Journal journal, Absences absences)
            throws EnvironmentException {
        Connection markers;
        try {
            markers = server.open();
        } catch (SQLException e) {
            throw unreachable(e);
        }
        RelationNames names;
        try {
            names = RelationNames.loaded(server);
        } catch (SQLException e) {
            ObserverConnections.close(markers);
            throw unreachable(e);
        }
        LockTracer tracer = new LockTracer(log, clock, journal, server, markers, names, absences);
        try {
            tracer.start(log);
            return tracer;
        } catch (EnvironmentException e) {
            tracer.close();
            throw e;
        }
    }

    private static EnvironmentException unreachable(SQLException e) {
        return new EnvironmentException(
                "the instruments cannot connect to the server: " + e.getMessage(),
                "see the server's log; the instruments connect directly and as a superuser",
                e);
    }

    private void start(LogFile log) throws EnvironmentException {
        String marker = "armed " + UUID.randomUUID();
        CompletableFuture<Boolean> seen = expect(marker);
        try {
            write(marker);
            awaitFile(log.path());
            tail = Optional.of(LogTail.started(log, new Records()));
            if (!seen.join()) {
                throw unreadable(log.path() + " does not show what the server logs");
            }
        } catch (SQLException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while the lock tracer was armed", "run it again", e);
        }
    }

    private static void awaitFile(Path log) throws EnvironmentException, InterruptedException {
        long limit = System.nanoTime() + FILE_LIMIT.toNanos();
        while (!Files.isReadable(log)) {
            if (System.nanoTime() > limit) {
                throw unreadable("there is no server log " + log);
            }
            Thread.sleep(FILE_POLL);
        }
    }

    private static EnvironmentException unreadable(String what) {
        return new EnvironmentException(
                what,
                "leave log_destination, logging_collector and the other logging settings to the harness: locks are read from the log");
    }

    @Override
    public RelationNames names() {
        return names;
    }

    @Override
    public SessionLog follow(int pid) {
        return followed.computeIfAbsent(pid, ignored -> new SessionLog());
    }

    /** From now on keeps what the log says about a tool's sessions, whichever they are; instead of those of another tool. */
    void follow(ToolSessions sessions) {
        tools = Optional.of(sessions);
    }

    void unfollowTools() {
        tools = Optional.empty();
    }

    @Override
    public void follow(int pid, SessionLog log) {
        followed.put(pid, log);
    }

    @Override
    public void unfollow(int pid) {
        followed.remove(pid);
    }

    /**
     * Done when everything that the server had logged when it was called is journaled. When that cannot be had, it journals the trouble and is done
     * too.
     */
    @Override
    public CompletableFuture<Void> caughtUp() {
        if (lost) {
            return CompletableFuture.completedFuture(null);
        }
        try {
            while (true) {
                int begunBefore = absences.begun();
                absences.awaitEnd();
                CompletableFuture<Boolean> seen = marked(begunBefore);
                if (seen.isDone() && !seen.join() && absences.haveBegunSince(begunBefore)) {
                    continue;
                }
                return seen.thenAccept(cameThrough -> {
                    if (!cameThrough && !lost && !absences.haveBegunSince(begunBefore)) {
                        trouble("lines of the server's log were lost: a marker did not come through within "
                                + MARKER_LIMIT.toSeconds() + " s");
                    }
                });
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return CompletableFuture.completedFuture(null);
        }
    }

    /** Whether a new marker has come through; false at once if the server was taken away before it was written. */
    private CompletableFuture<Boolean> marked(int begunBefore) {
        String marker = nextMarker();
        CompletableFuture<Boolean> seen = expect(marker);
        try {
            write(marker);
        } catch (SQLException e) {
            boolean excused = absences.haveBegunSince(begunBefore);
            if (!excused) {
                trouble("cannot tell whether the server's log was read to its end: " + e.getMessage());
            }
            expectedMarkers.remove(marker);
            seen.complete(!excused);
        }
        return seen;
    }

    /**
     * After the server was away: it writes on to the same log. Markers that went with it are given up, once all is read that was written before it
     * came back.
     */
    @Override
    public void reconnect() throws SQLException {
        List<CompletableFuture<Boolean>> pending = List.copyOf(expectedMarkers.values());
        synchronized (markersLock) {
            ObserverConnections.close(markers);
            markers = server.open();
        }
        names.reconnect();
        String marker = nextMarker();
        CompletableFuture<Boolean> back = expect(marker);
        write(marker);
        CompletableFuture<Void> unused = back.thenAccept(read -> pending.forEach(each -> each.complete(false)));
    }

    /**
     * After another server has taken the place of the one that was traced: what that has logged to its end is read first, then the other's log from
     * now on.
     *
     * @param access to the log of the server that is there now
     */
    @Override
    public void moveTo(LogAccess access) throws SQLException, InterruptedException {
        tail.ifPresent(LogTail::finish);
        List<CompletableFuture<Boolean>> pending = List.copyOf(expectedMarkers.values());
        expectedMarkers.clear();
        pending.forEach(each -> each.complete(false));
        armed = false;
        synchronized (markersLock) {
            ObserverConnections.close(markers);
            markers = server.open();
        }
        names.reconnect();
        if (!(access instanceof LogAccess.AtHand readable)) {
            trouble("the log of the new primary cannot be read");
            return;
        }
        LogFile log = readable.file();
        String marker = nextMarker();
        CompletableFuture<Boolean> seen = expect(marker);
        write(marker);
        tail = Optional.of(LogTail.started(log, new Records()));
        if (!seen.join()) {
            trouble(log.path() + " does not show what the server logs");
        }
    }

    private synchronized String nextMarker() {
        return Integer.toString(++markerCount);
    }

    /** Whether it has come through, as soon as that is known. */
    private CompletableFuture<Boolean> expect(String marker) {
        CompletableFuture<Boolean> seen = new CompletableFuture<Boolean>()
                .completeOnTimeout(false, MARKER_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        expectedMarkers.put(marker, seen);
        if (lost) {
            seen.complete(false);
        }
        return seen;
    }

    private void write(String marker) throws SQLException {
        synchronized (markersLock) {
            try (Statement statement = markers.createStatement()) {
                statement.execute("do $$ begin raise log 'harness marker " + marker + "'; end $$");
            }
        }
    }

    private void trouble(String message) {
        journal.record(new InstrumentTrouble(clock.nowNanos(), INSTRUMENT, message));
    }

    private String name(long oid) {
        try {
            return names.findNow(oid).map(RelationNames.Relation::name).orElse("relation " + oid);
        } catch (SQLException e) {
            if (!absences.present()) {
                return "relation " + oid;
            }
            trouble("relation " + oid + " has no name: " + e.getMessage());
            return "relation " + oid;
        }
    }

    /** Stops reading; call {@link #drain} first. Waits whose end was not seen are journaled as far as they are known. */
    @Override
    public void close() {
        tail.ifPresent(LogTail::close);
        ledger.closed().forEach(this::journal);
        synchronized (markersLock) {
            ObserverConnections.close(markers);
        }
        names.close();
    }

    private void journal(LockWaited wait) {
        Optional.ofNullable(followed.get(wait.pid())).ifPresent(log -> log.add(wait));
        tool(wait.pid()).ifPresent(session -> session.add(wait));
        journal.record(wait);
    }

    private Optional<ToolSession> tool(int pid) {
        return tools.flatMap(sessions -> sessions.find(pid));
    }

    /** The tail's thread at work. */
    private final class Records implements LogTail.Reader {
        @Override
        public void record(String record) {
            try {
                parser.parse(record).ifPresent(this::entry);
            } catch (LogParser.GarbledRecordException e) {
                if (armed && !cutShort()) {
                    trouble("a record of the server's log is garbled: " + e.getMessage());
                }
            }
        }

        /** A server that is killed may leave its last line without an end, and the next goes on there. */
        private boolean cutShort() {
            if (garbledLinesExcused == absences.begun()) {
                return false;
            }
            garbledLinesExcused++;
            return true;
        }

        @Override
        public void lost(String why) {
            lost = true;
            trouble(why);
            expectedMarkers.values().forEach(seen -> seen.complete(false));
        }

        private void entry(LogEntry entry) {
            if (entry instanceof LogEntry.Marker marker) {
                marker(marker);
            } else if (armed) {
                observation(entry);
            }
        }

        private void marker(LogEntry.Marker marker) {
            CompletableFuture<Boolean> seen = expectedMarkers.remove(marker.text());
            if (seen != null) {
                armed = true;
                seen.complete(true);
            }
        }

        private void observation(LogEntry entry) {
            switch (entry) {
                case LogEntry.WaitReported report -> ledger.reported(report).ifPresent(LockTracer.this::journal);
                case LogEntry.WaitAcquired acquired -> journal(ledger.acquired(acquired));
                case LogEntry.SessionFailed failure -> {
                    ledger.failed(failure).ifPresent(LockTracer.this::journal);
                    tool(failure.pid()).ifPresent(session -> session.failed(failure));
                }
                case LogEntry.TableRewritten rewrite -> {
                    follower(rewrite.pid()).ifPresent(log -> log.add(rewrite));
                    tool(rewrite.pid()).ifPresent(session -> session.add(rewrite));
                }
                case LogEntry.CommandBegan command -> {
                    follower(command.pid()).ifPresent(log -> log.add(command));
                    tool(command.pid()).ifPresent(session -> session.add(command));
                }
                case LogEntry.CommandEnded command -> {
                    follower(command.pid()).ifPresent(log -> log.add(command));
                    tool(command.pid()).ifPresent(session -> session.add(command));
                }
                case LogEntry.StatementBegan statement ->
                    tools.ifPresent(sessions -> sessions.of(statement.pid()).began(statement));
                case LogEntry.StatementPrepared statement ->
                    tools.ifPresent(sessions -> sessions.of(statement.pid()).prepared(statement));
                case LogEntry.StatementEnded statement ->
                    tools.ifPresent(sessions -> sessions.of(statement.pid()).ended(statement));
                case LogEntry.StrangerChanged stranger ->
                    tools.ifPresent(sessions -> sessions.strangers().seen(stranger.pid(), stranger.applicationName()));
                case LogEntry.TriggerFailed failure ->
                    trouble("an event trigger failed in process " + failure.pid() + ": " + failure.message());
                case LogEntry.Marker marker -> marker(marker);
            }
        }

        private Optional<SessionLog> follower(int pid) {
            return Optional.ofNullable(followed.get(pid));
        }
    }
}
