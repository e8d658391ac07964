package dev.rehearsal.measure;

import dev.rehearsal.engine.LogAccess;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;

/** Who journals the lock waits of all sessions, and knows the relations they are about. */
sealed interface WaitAccount extends AutoCloseable permits LockTracer, WaitSampler {
    RelationNames names();

    /** From now on keeps what is known of one session, for its own witness. */
    SessionLog follow(int pid);

    /** The same of a session that a pooler shares out: what is known of the migration's transactions in it is added to a log. */
    void follow(int pid, SessionLog log);

    void unfollow(int pid);

    /** Done when everything that had happened when it was called is journaled; also when that cannot be had. */
    CompletableFuture<Void> caughtUp();

    /** Like {@link #caughtUp}, but waits until then. */
    default void drain() {
        caughtUp().join();
    }

    /** After the server was away. */
    void reconnect() throws SQLException;

    /** After another server has taken the place of the one that was observed. */
    void moveTo(LogAccess log) throws SQLException, InterruptedException;

    /** Stops; call {@link #drain} first. */
    @Override
    void close();
}
