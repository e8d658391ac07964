package dev.rehearsal.measure;

import dev.rehearsal.run.RunEvent.LockWaited;
import java.util.ArrayList;
import java.util.List;

/** What the server's log has said about one session since it was last asked. Written by the tracer's thread, taken by the witness's. */
final class SessionLog {
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
    }

    synchronized void add(LockWaited wait) {
        waits.add(wait);
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
