package dev.rehearsal.measure;

import dev.rehearsal.run.RunClock;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** The sessions that a migration tool has opened, by their processes, and those that are nobody's. Safe for use by several threads. */
final class ToolSessions {
    private final RunClock clock;
    private final Map<Integer, ToolSession> sessions = new TreeMap<>();
    private final Map<Integer, String> strangers = new TreeMap<>();

    ToolSessions(RunClock clock) {
        this.clock = clock;
    }

    /** A session that has logged as a tool's do; seen for the first time, perhaps. */
    synchronized ToolSession of(int pid) {
        return sessions.computeIfAbsent(pid, ignored -> new ToolSession(clock));
    }

    synchronized Optional<ToolSession> find(int pid) {
        return Optional.ofNullable(sessions.get(pid));
    }

    synchronized Map<Integer, ToolSession> all() {
        return new TreeMap<>(sessions);
    }

    void stranger(LogEntry.StrangerChanged stranger) {
        stranger(stranger.pid(), stranger.applicationName());
    }

    /** @param applicationName which may come a moment after its session */
    synchronized void stranger(int pid, String applicationName) {
        if (!applicationName.isEmpty() || !strangers.containsKey(pid)) {
            strangers.put(pid, applicationName);
        }
    }

    /** What they call themselves. */
    synchronized Set<String> strangers() {
        return new LinkedHashSet<>(strangers.values());
    }
}
