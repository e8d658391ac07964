package dev.rehearsal.migration.tool;

import java.sql.SQLException;
import java.util.Optional;

/** A tool did not do what it was to do. Its message is at most a kilobyte, beside the last lines of a command's output. */
public final class ToolFailureException extends Exception {
    private static final long serialVersionUID = 1L;
    private static final int LONGEST = 1024;

    private final transient Optional<String> sqlState;

    public ToolFailureException(String message, Optional<String> sqlState) {
        super(message);
        this.sqlState = sqlState;
    }

    /** What a library threw, in its own words. */
    static ToolFailureException of(String tool, Throwable thrown) {
        Optional<String> state = Optional.empty();
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && sql.getSQLState() != null) {
                state = Optional.of(sql.getSQLState());
            }
        }
        String cut = (tool + ": " + thrown.getMessage()).strip();
        return new ToolFailureException(cut.length() <= LONGEST ? cut : cut.substring(0, LONGEST - 1) + "…", state);
    }

    /** Empty when the server did not say one, or the tool keeps it to itself. */
    public Optional<String> sqlState() {
        return sqlState;
    }
}
