package dev.rehearsal.measure;

import dev.rehearsal.run.Journal;
import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.InstrumentTrouble;
import dev.rehearsal.run.RunEvent.ReplicaSampled;
import dev.rehearsal.scenario.ServerNames;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Measures how far replicas are behind, by asking: the primary how far it has written, ten times a second, and each replica how far it has replayed.
 * A replica's lag is the age of the oldest answer of the primary that the replica has not reached.
 *
 * <pre>
 *   primary   written   100 ──── 120 ──── 150 ──── 150
 *   replica   replayed                              130      150 is the oldest that it has not reached: between the
 *   lag                                [─────────────]       answers 120 and 150, so its age is known up to one interval
 * </pre>
 *
 * So it does not depend on what the primary hears of its replicas, which is nothing while their link is cut; and a primary where nothing is written
 * has no replica that lags. It asks past the fault proxies. A replica that is away is asked again until it is back, and the first answer then says
 * how far it is behind. Safe for use by several threads.
 */
final class ReplicaWatch implements AutoCloseable {
    private static final String INSTRUMENT = "replica watch";
    private static final Duration INTERVAL = Duration.ofMillis(100);
    private static final Duration IN_TIME = INTERVAL.multipliedBy(5);
    /** A server that was not heard for so long when the run ends was lost. */
    private static final Duration SILENCE = Duration.ofSeconds(5);

    private static final String WRITTEN = "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint, true";
    private static final String REPLAYED =
            "select pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0')::bigint, pg_is_in_recovery()";

    /**
     * @param askedNanos when the question was sent, and {@code answeredNanos} when the answer was there
     * @param counts whether the server still is what it was asked as
     */
    private record Answer(long askedNanos, long answeredNanos, long position, boolean counts) {
        long middleNanos() {
            return askedNanos + (answeredNanos - askedNanos) / 2;
        }
    }

    /** One server that is asked. */
    private final class Asked {
        private final String name;
        private final ObservedServer server;
        private final String question;
        private final Consumer<Answer> heard;
        private volatile long lastHeardNanos = clock.nowNanos();
        private volatile String trouble = "";
        private volatile boolean over;
        private volatile Duration lag = Duration.ZERO;

        Asked(String name, ObservedServer server, String question, Consumer<Answer> heard) {
            this.name = name;
            this.server = server;
            this.question = question;
            this.heard = heard;
        }

        void follow() {
            try {
                while (!closed && !over) {
                    try (Connection connection = server.open();
                            PreparedStatement query = connection.prepareStatement(question)) {
                        askOver(query, server.directJdbcUrl());
                    } catch (SQLException e) {
                        trouble = String.valueOf(e.getMessage());
                    }
                    Thread.sleep(INTERVAL);
                }
            } catch (InterruptedException e) {
                // close() is the only one who interrupts these threads.
            }
        }

        /** Until another server is to be asked, or this one has another role. */
        private void askOver(PreparedStatement query, String url) throws SQLException, InterruptedException {
            while (!closed && url.equals(server.directJdbcUrl())) {
                Answer answer = ask(query);
                if (!answer.counts()) {
                    over = true;
                    return;
                }
                lastHeardNanos = answer.answeredNanos();
                heard.accept(answer);
                Thread.sleep(INTERVAL);
            }
        }

        private Answer ask(PreparedStatement query) throws SQLException {
            long asked = clock.nowNanos();
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return new Answer(asked, clock.nowNanos(), row.getLong(1), row.getBoolean(2));
            }
        }

        /** The lag of its last answer, and what has passed since it last answered in time. */
        LaggingReplica lagging() {
            Duration silent = Duration.ofNanos(clock.nowNanos() - lastHeardNanos);
            return new LaggingReplica(name, silent.compareTo(IN_TIME) > 0 ? lag.plus(silent) : lag);
        }

        void tellIfLost() {
            long silent = clock.nowNanos() - lastHeardNanos;
            if (!over && silent > SILENCE.toNanos()) {
                journal.record(new InstrumentTrouble(
                        clock.nowNanos(),
                        INSTRUMENT,
                        name + " has not said for " + silent / 1_000_000_000 + " s how far it is: " + trouble));
            }
        }
    }

    private final RunClock clock;
    private final Journal journal;
    private final WrittenPositions written;
    private final List<Asked> servers = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean closed;

    private ReplicaWatch(RunClock clock, Journal journal) {
        this.clock = clock;
        this.journal = journal;
        this.written = new WrittenPositions(clock.nowNanos());
    }

    /**
     * Begins to ask.
     *
     * @param replicas their JDBC URLs, past the fault proxies, by name; none: nobody is asked
     */
    static ReplicaWatch started(ObservedServer primary, Map<String, String> replicas, RunClock clock, Journal journal) {
        ReplicaWatch watch = new ReplicaWatch(clock, journal);
        if (!replicas.isEmpty()) {
            watch.begin(watch.new Asked(ServerNames.PRIMARY, primary, WRITTEN, watch::written));
            replicas.forEach((name, url) -> watch.begin(
                    watch.new Asked(name, new ObservedServer(url), REPLAYED, answer -> watch.replayed(name, answer))));
        }
        return watch;
    }

    private void begin(Asked server) {
        servers.add(server);
        threads.add(Thread.ofPlatform().name("watch of " + server.name).daemon().start(server::follow));
    }

    private void written(Answer answer) {
        written.add(answer.middleNanos(), answer.position());
    }

    private void replayed(String replica, Answer answer) {
        written.behind(answer.position(), answer.askedNanos()).ifPresent(behind -> {
            long least = behind.isCaughtUp() ? 0 : answer.middleNanos() - behind.beforeNanos();
            long most = answer.answeredNanos() - behind.afterNanos();
            // Of one that has caught up, only what was written since the primary was last asked may be missing.
            long lag = behind.isCaughtUp() ? 0 : (least + most) / 2;
            long error = behind.isCaughtUp() ? most : (most - least) / 2;
            servers.stream()
                    .filter(server -> server.name.equals(replica))
                    .forEach(server -> server.lag = Duration.ofNanos(Math.max(0, lag)));
            journal.record(
                    new ReplicaSampled(answer.answeredNanos(), replica, behind.bytes(), Math.max(0, lag), error));
        });
    }

    /** The replica that is furthest behind; empty: none is watched, or those that were are replicas no more. */
    Optional<LaggingReplica> furthestBehind() {
        return servers.stream()
                .filter(server -> !server.over && !server.name.equals(ServerNames.PRIMARY))
                .map(Asked::lagging)
                .max(Comparator.comparing(LaggingReplica::lag));
    }

    /** Asks no more; tells of servers that were lost. */
    @Override
    public void close() {
        closed = true;
        servers.forEach(Asked::tellIfLost);
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            try {
                thread.join(INTERVAL.toMillis() * 10);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
