package dev.rehearsal.load;

import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.Optional;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLWarning;
import org.postgresql.util.ServerErrorMessage;

/**
 * What an answer to a commit says about whether it happened. When in doubt, nothing: a write of unknown outcome is never taken for lost, and one that
 * is taken for refused must not be there.
 */
final class Commits {
    /** The function of PostgreSQL in which a committing session waits for its replicas. */
    private static final String WAIT_FOR_REPLICAS = "SyncRepWaitForLSN";

    private static final String WARNING = "01000";

    private Commits() {}

    /**
     * Whether an error that came after the commit had been sent proves that nothing was committed. Only the server can know, and only an error that
     * its session lives through says so: a session that is ended (FATAL, PANIC) may have committed before.
     */
    static boolean refused(SQLException e) {
        return e instanceof PSQLException answer
                && Optional.ofNullable(answer.getServerErrorMessage())
                        .map(ServerErrorMessage::getSeverity)
                        .filter("ERROR"::equals)
                        .isPresent();
    }

    /**
     * Whether a commit that came back as a success was none to rely on: somebody cancelled its wait for a synchronous replica. The server has it then,
     * the replica perhaps not, and all that tells is a warning.
     *
     * @return the SQLState of that warning
     */
    static Optional<String> notAcknowledged(SQLWarning first) {
        for (SQLWarning warning = first; warning != null; warning = warning.getNextWarning()) {
            if (warning instanceof PSQLWarning told
                    && Optional.ofNullable(told.getServerErrorMessage())
                            .map(ServerErrorMessage::getRoutine)
                            .filter(WAIT_FOR_REPLICAS::equals)
                            .isPresent()) {
                return Optional.of(warning.getSQLState() == null ? WARNING : warning.getSQLState());
            }
        }
        return Optional.empty();
    }
}
