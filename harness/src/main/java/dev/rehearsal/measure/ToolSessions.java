package dev.rehearsal.measure;

import dev.rehearsal.run.RunClock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The sessions that a migration tool has opened, by their processes, and those that are nobody's. Safe for use by several threads. */
final class ToolSessions {
    private final RunClock clock;
    private final Map<Integer, ToolSession> sessions = new TreeMap<>();
    private final Strangers strangers = new Strangers();

    ToolSessions(RunClock clock) {
        this.clock = clock;
    }

    /** A session that has logged as a tool's do; seen for the first time, perhaps. */
    synchronized ToolSession of(int pid) {
        return sessions.computeIfAbsent(pid, ignored -> new ToolSession(pid, clock));
    }

    synchronized Optional<ToolSession> find(int pid) {
        return Optional.ofNullable(sessions.get(pid));
    }

    synchronized Map<Integer, ToolSession> all() {
        return new TreeMap<>(sessions);
    }

    Strangers strangers() {
        return strangers;
    }
}
