package dev.rehearsal.measure;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * One session of a migration tool's, as the messages between the two tell it (PostgreSQL's protocol, version 3): what it executed, when, and what came of it.
 *
 * <p>Requests are answered in their order. A simple query is over when the server is ready for another; a statement of the extended protocol when its own answer
 * comes, and what it does by itself is committed when the server is ready again. After an error the server passes everything over up to the next Sync. Safe for
 * use by several threads.
 */
final class TappedSession {
    /** Who acts while the tool waits for its answer. */
    interface Listener {
        /** The session is known by its process from here on. */
        void begun(TappedSession session, int pid);

        /** A statement was executed and its transaction is open: what it has locked it has still. */
        void executed(TappedSession session);

        void transactionEnded(TappedSession session, List<ToolTransaction.Statement> statements);

        void ended(TappedSession session);
    }

    private enum Kind {
        QUERY,
        PARSE,
        BIND,
        EXECUTE,
        SYNC
    }

    /** What the server has not answered yet. */
    private record Request(Kind kind, String sql, long sentNanos) {}

    private final LongSupplier nanos;
    private final Listener listener;
    private final Map<String, String> prepared = new HashMap<>();
    private final Map<String, String> portals = new HashMap<>();
    private final Deque<Request> requests = new ArrayDeque<>();
    private Optional<ToolTransaction.Failure> failure = Optional.empty();
    private List<ToolTransaction.Statement> transaction = new ArrayList<>();
    private OptionalInt pid = OptionalInt.empty();
    private boolean inTransaction;

    TappedSession(LongSupplier nanos, Listener listener) {
        this.nanos = nanos;
        this.listener = listener;
    }

    synchronized OptionalInt pid() {
        return pid;
    }

    // ---- what the tool says; called before it is passed on ----

    synchronized void query(String sql) {
        asked(Kind.QUERY, sql);
    }

    synchronized void parse(String name, String sql) {
        prepared.put(name, sql);
        asked(Kind.PARSE, sql);
    }

    synchronized void bind(String portal, String name) {
        String sql = prepared.getOrDefault(name, "");
        portals.put(portal, sql);
        asked(Kind.BIND, sql);
    }

    synchronized void execute(String portal) {
        asked(Kind.EXECUTE, portals.getOrDefault(portal, ""));
    }

    synchronized void sync() {
        asked(Kind.SYNC, "");
    }

    private void asked(Kind kind, String sql) {
        requests.add(new Request(kind, sql, nanos.getAsLong()));
    }

    // ---- what the server says; called before it is passed on ----

    void process(int number) {
        synchronized (this) {
            pid = OptionalInt.of(number);
        }
        listener.begun(this, number);
    }

    synchronized void parsed() {
        answered(Kind.PARSE);
    }

    synchronized void bound() {
        answered(Kind.BIND);
    }

    private void answered(Kind kind) {
        if (!requests.isEmpty() && requests.peek().kind() == kind) {
            requests.remove();
        }
    }

    /** A command is complete: of a simple query perhaps one of several. */
    synchronized void complete() {
        if (!requests.isEmpty() && requests.peek().kind() == Kind.EXECUTE) {
            done(requests.remove());
        }
    }

    synchronized void failed(String sqlState, String message) {
        failure = Optional.of(new ToolTransaction.Failure(sqlState, message));
        if (requests.isEmpty() || requests.peek().kind() == Kind.QUERY) {
            return;
        }
        if (requests.peek().kind() == Kind.SYNC) {
            // What was done by itself could not be committed.
            if (!transaction.isEmpty()) {
                ToolTransaction.Statement last = transaction.removeLast();
                transaction.add(
                        new ToolTransaction.Statement(last.sql(), last.sentNanos(), nanos.getAsLong(), failure));
            }
        } else {
            done(requests.remove());
        }
        failure = Optional.empty();
        while (!requests.isEmpty() && requests.peek().kind() != Kind.SYNC) {
            requests.remove();
        }
    }

    /** @param status {@code I}: idle, {@code T}: in a transaction, {@code E}: in one that has failed */
    void ready(char status) {
        boolean executed;
        List<ToolTransaction.Statement> over = List.of();
        synchronized (this) {
            Request answered = requests.poll();
            while (answered != null && answered.kind() != Kind.SYNC && answered.kind() != Kind.QUERY) {
                answered = requests.poll();
            }
            if (answered != null && answered.kind() == Kind.QUERY) {
                done(answered);
            }
            executed = !transaction.isEmpty();
            inTransaction = status != 'I';
            if (!inTransaction && !transaction.isEmpty()) {
                transaction.add(transaction.removeLast().until(nanos.getAsLong()));
                over = List.copyOf(transaction);
                transaction = new ArrayList<>();
            }
        }
        if (!over.isEmpty()) {
            listener.transactionEnded(this, over);
        } else if (executed && status == 'T') {
            listener.executed(this);
        }
    }

    private void done(Request request) {
        long sent = transaction.isEmpty()
                ? request.sentNanos()
                : Math.max(request.sentNanos(), transaction.getLast().returnedNanos());
        transaction.add(new ToolTransaction.Statement(request.sql(), sent, nanos.getAsLong(), failure));
        failure = Optional.empty();
    }

    /** The connection is gone, and with it the transaction that was open. */
    void closed() {
        List<ToolTransaction.Statement> over;
        synchronized (this) {
            requests.stream()
                    .filter(request -> request.kind() == Kind.QUERY || request.kind() == Kind.EXECUTE)
                    .findFirst()
                    .ifPresent(this::done);
            requests.clear();
            if (inTransaction && !transaction.isEmpty()) {
                long now = nanos.getAsLong();
                transaction.add(new ToolTransaction.Statement(
                        "rollback", transaction.getLast().returnedNanos(), now, Optional.empty()));
            }
            over = List.copyOf(transaction);
            transaction = new ArrayList<>();
        }
        if (!over.isEmpty()) {
            listener.transactionEnded(this, over);
        }
        listener.ended(this);
    }
}
