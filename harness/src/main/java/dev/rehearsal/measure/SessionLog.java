package dev.rehearsal.measure;

import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Party;
import java.util.ArrayList;
import java.util.List;

/**
 * What the server's log has said about one session since it was last asked; of a session that a pooler shares out, only what it has said about the
 * migration in it. Written by the tracer's thread, taken by the witness's.
 */
final class SessionLog {
    private final boolean shared;
    private final List<LockWaited> waits = new ArrayList<>();
    private final List<LogEntry.TableRewritten> rewrites = new ArrayList<>();
    private final List<LogEntry.CommandBegan> beginnings = new ArrayList<>();
    private final List<LogEntry.CommandEnded> commands = new ArrayList<>();

    /** In the order of the log. */
    record Taken(
            List<LockWaited> waits,
            List<LogEntry.TableRewritten> rewrites,
            List<LogEntry.CommandBegan> beginnings,
            List<LogEntry.CommandEnded> commands) {
        Taken {
            waits = List.copyOf(waits);
            rewrites = List.copyOf(rewrites);
            beginnings = List.copyOf(beginnings);
            commands = List.copyOf(commands);
        }

        /** Of a session of which the log is not read. */
        static Taken waits(List<LockWaited> waits) {
            return new Taken(waits, List.of(), List.of(), List.of());
        }

        /** The same without counts of rows: what the session had counted before is not known. */
        Taken uncounted() {
            return new Taken(
                    waits,
                    rewrites,
                    List.of(),
                    commands.stream()
                            .map(command -> new LogEntry.CommandEnded(
                                    command.at(),
                                    command.pid(),
                                    command.locks().stream()
                                            .map(lock ->
                                                    new LogEntry.HeldLock(lock.relation(), lock.name(), lock.mode(), 0))
                                            .toList()))
                            .toList());
        }
    }

    /** @param shared whether others than the migration are served by the session, too */
    SessionLog(boolean shared) {
        this.shared = shared;
    }

    /** Of a session of the migration's own. */
    SessionLog() {
        this(false);
    }

    boolean isShared() {
        return shared;
    }

    synchronized void add(LockWaited wait) {
        if (!shared || wait.party() == Party.MIGRATION) {
            waits.add(wait);
        }
    }

    synchronized void add(LogEntry.TableRewritten rewrite) {
        rewrites.add(rewrite);
    }

    synchronized void add(LogEntry.CommandBegan command) {
        beginnings.add(command);
    }

    synchronized void add(LogEntry.CommandEnded command) {
        commands.add(command);
    }

    synchronized Taken take() {
        Taken taken = new Taken(waits, rewrites, beginnings, commands);
        waits.clear();
        rewrites.clear();
        beginnings.clear();
        commands.clear();
        return taken;
    }
}
