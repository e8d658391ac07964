package dev.rehearsal.measure;

import java.sql.SQLException;
import java.util.List;
import java.util.Set;

/**
 * Watches sessions that a migration tool opens by itself, from {@link StatementWitness#watchTool}: by the server's log where that is read, else by what passes
 * between the tool and the server. Safe for use by several threads.
 */
public sealed interface ToolWatch extends AutoCloseable permits LoggedTool, TappedTool {
    /** How the tool has to come to the server, so that it is seen. */
    sealed interface Way {
        /** On the way that everybody takes, as a role of ours. */
        record AsRole(String user, String password) implements Way {
            /** Shows no password. */
            @Override
            public String toString() {
                return user;
            }
        }

        /** As everybody, by a port of this machine's loopback interface. */
        record ByPort(int port) implements Way {}
    }

    Way way();

    /** What its sessions have done since the last call, by the time at which each statement was sent. Asked when the tool has ended, or is idle. */
    List<ToolStatement> statements();

    /** Ends all sessions of the tool. */
    void endSessions() throws SQLException;

    /** How many sessions the tool has opened that sent anything. */
    int sessionCount();

    /** What sessions call themselves that were there meanwhile and are nobody's whom the harness knows. */
    Set<String> strangers();

    @Override
    void close();
}
