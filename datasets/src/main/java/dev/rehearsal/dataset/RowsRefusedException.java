package dev.rehearsal.dataset;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** A constraint, a domain, a partition or a type does not take the rows that were made for a table. The message is the server's. */
public final class RowsRefusedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final String table;
    private final String detail;
    private final String constraint;

    /**
     * @param table as {@link ServerTable} names it
     * @param detail what else the server said of it; may be empty
     * @param constraint its name; empty if it was none
     */
    public RowsRefusedException(String table, String message, String detail, String constraint) {
        super(message);
        this.table = table;
        this.detail = detail;
        this.constraint = constraint;
    }

    /** What the server said of a COPY, if it is about the rows; empty for everything else, which is the server's trouble. */
    static Optional<RowsRefusedException> of(String table, PSQLException failure) {
        ServerErrorMessage message = failure.getServerErrorMessage();
        String state = text(failure.getSQLState());
        return message == null || !(state.startsWith("22") || state.startsWith("23"))
                ? Optional.empty()
                : Optional.of(new RowsRefusedException(
                        table, text(message.getMessage()), text(message.getDetail()), text(message.getConstraint())));
    }

    /** The server's words. */
    public String message() {
        return text(getMessage());
    }

    public String table() {
        return table;
    }

    public String detail() {
        return detail;
    }

    public String constraint() {
        return constraint;
    }

    private static String text(@Nullable String text) {
        return text == null ? "" : text;
    }
}
