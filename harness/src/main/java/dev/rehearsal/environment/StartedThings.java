package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.ArrayDeque;
import java.util.Deque;

/** What was started, to be ended in reverse: all of it, whatever goes wrong on the way. Not for several threads at once. */
final class StartedThings implements AutoCloseable {
    /** Ends one thing. */
    @FunctionalInterface
    interface End {
        void end() throws Exception;
    }

    private record Thing(String what, End end) {}

    private final Deque<Thing> things = new ArrayDeque<>();

    /** @param what it is, for the message when it cannot be ended */
    void add(String what, End end) {
        things.push(new Thing(what, end));
    }

    /** @throws EnvironmentException the first that went wrong, the others suppressed in it */
    @Override
    public void close() throws EnvironmentException {
        EnvironmentException failure = null;
        while (!things.isEmpty()) {
            Thing thing = things.pop();
            try {
                thing.end.end();
            } catch (Exception e) {
                EnvironmentException wrapped = e instanceof EnvironmentException known
                        ? known
                        : new EnvironmentException(
                                "cannot end " + thing.what + ": " + e,
                                "Look for a full disk; 'harness clean' tidies up.",
                                e);
                if (failure == null) {
                    failure = wrapped;
                } else {
                    failure.addSuppressed(wrapped);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }
}
