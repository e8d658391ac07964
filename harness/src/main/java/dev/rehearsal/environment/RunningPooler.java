package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.List;

/** A PgBouncer from its start to its end. Closing it ends it, and all its connections. */
interface RunningPooler extends AutoCloseable {
    /** As its fault proxy reaches it: host and port. */
    String upstream();

    /** On the loopback interface, for observers. */
    int port();

    /** What has gone wrong with it so far, a sentence each. */
    List<String> troubles();

    @Override
    void close() throws EnvironmentException;
}
