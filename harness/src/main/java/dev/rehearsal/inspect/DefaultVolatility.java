package dev.rehearsal.inspect;

import dev.rehearsal.inspect.NewColumn.Volatility;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Asks the server what it makes of a default: it adds a column with it to a temporary table and looks whether the table got a new file (volatile). What is not
 * volatile it is asked to index, which only immutable expressions can be (constant, else stable). All of it is rolled back.
 */
final class DefaultVolatility {
    private final Scratch scratch;

    DefaultVolatility(Scratch scratch) {
        this.scratch = scratch;
    }

    /** @param expression without references to columns, as defaults are */
    Volatility of(String expression) throws SQLException {
        boolean alone = !scratch.inTransaction();
        if (alone) {
            scratch.run("begin");
        }
        scratch.run("savepoint harness_probe");
        try {
            scratch.run("create temporary table harness_probe (harness_id integer)");
            long before = filenode();
            // As text: a type of its own, such as a domain, may be a reason to rewrite that is not the expression's.
            scratch.run("alter table harness_probe add column harness_default text default (" + expression + ")::text");
            if (filenode() != before) {
                return Volatility.VOLATILE;
            }
            return immutable(expression) ? Volatility.CONSTANT : Volatility.STABLE;
        } catch (SQLException e) {
            if (scratch.connection().isClosed()) {
                throw e;
            }
            return Volatility.UNKNOWN;
        } finally {
            scratch.run("rollback to savepoint harness_probe");
            if (alone) {
                scratch.run("rollback");
            }
        }
    }

    /** As an index's expression, which has to be immutable too, and keeps its own type. */
    private boolean immutable(String expression) throws SQLException {
        scratch.run("savepoint harness_immutable");
        try {
            scratch.run("create index on harness_probe ((row(" + expression + ") is not null))");
            return true;
        } catch (SQLException e) {
            scratch.run("rollback to savepoint harness_immutable");
            return false;
        }
    }

    private long filenode() throws SQLException {
        try (Statement statement = scratch.connection().createStatement();
                ResultSet rows = statement.executeQuery(
                        "select pg_relation_filenode('pg_temp.harness_probe'::regclass)::bigint")) {
            rows.next();
            return rows.getLong(1);
        }
    }
}
