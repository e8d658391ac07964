package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * The ledger: one row for each committed attempt at a write, inserted by the transaction that did the work. If the server has the one, it has the other.
 *
 * <p>In the schema of the instruments, which no fingerprint looks at. Without an index, so that a request which was committed twice stands there twice,
 * and an entry costs as little as a row can. Nothing is ever updated or deleted, so that a vacuum has nothing to do, and would only be in the way.
 */
public final class LedgerTable {
    /** With three placeholders: the arrival's number within its service, the operation's in the request log, the attempt's from 1. */
    public static final String INSERT =
            "insert into harness_instruments.ledger (arrival, operation, attempt) values (?, ?, ?)";

    /** The same three, of every entry. */
    public static final String SELECT = "select arrival, operation, attempt from harness_instruments.ledger";

    private static final String CREATE = """
            create table harness_instruments.ledger (arrival bigint not null, operation smallint not null, attempt smallint not null)
                with (autovacuum_enabled = false);
            grant usage on schema harness_instruments to public;
            grant insert on harness_instruments.ledger to public;
            """;

    private LedgerTable() {}

    /** Makes it, empty, and has it on the disk, whatever the server does with commits. The schema of the instruments has to be there. */
    public static void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("begin;set local synchronous_commit = local;" + CREATE + "commit");
        }
    }
}
