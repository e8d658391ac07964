package dev.rehearsal.dataset;

import dev.rehearsal.dataset.DatasetPlan.TablePlan;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.util.PSQLException;

/** A table that rows come into, and what makes them. Thread-safe: each copy makes generators of its own. */
record TableRows(TablePlan plan, ColumnCompiler compiler) {
    /** Bytes given to the driver at once. */
    private static final int CHUNK_BYTES = 1 << 16;

    /** And up to twice as many. */
    private static final int SAMPLED_ROWS = 200;

    /** Those of a plan's tables that get rows, in the order of loading. */
    static List<TableRows> of(DatasetPlan plan, ColumnCompiler compiler) {
        return plan.tables().values().stream()
                .filter(table -> table.rows() > 0)
                .map(table -> new TableRows(table, compiler))
                .toList();
    }

    String name() {
        return plan.table().name();
    }

    private String copyStatement() {
        StringBuilder sql = new StringBuilder("copy ").append(plan.table().sqlName());
        if (!plan.columns().isEmpty()) {
            sql.append(plan.columns().keySet().stream()
                    .map(SqlNames::quoted)
                    .collect(Collectors.joining(", ", " (", ")")));
        }
        return sql.append(" from stdin (format binary)").toString();
    }

    private ColumnGenerator[] generators() throws InvalidScenarioException {
        ColumnGenerator[] columns = new ColumnGenerator[plan.columns().size()];
        int index = 0;
        for (ColumnPlan column : plan.columns().values()) {
            columns[index++] = compiler.compile(column);
        }
        return columns;
    }

    private static void write(long row, ColumnGenerator[] columns, CopyBuffer buffer) {
        buffer.writeShort(columns.length);
        for (ColumnGenerator column : columns) {
            column.write(row, buffer);
        }
    }

    /** Told how a copy gets on. */
    interface Told {
        void rows(long more);
    }

    /**
     * Copies a range of rows, in a transaction of its own if the connection is in autocommit: all of them or none.
     *
     * @return how many the server took
     */
    long copy(long from, long to, Connection connection, Told told)
            throws SQLException, InvalidScenarioException, RowsRefusedException {
        ColumnGenerator[] columns = generators();
        CopyIn copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(copyStatement());
        try {
            CopyBuffer buffer = new CopyBuffer(2 * CHUNK_BYTES);
            buffer.header();
            long done = from;
            for (long row = from; row < to; row++) {
                write(row, columns, buffer);
                if (buffer.size() >= CHUNK_BYTES) {
                    copy.writeToCopy(buffer.array(), 0, buffer.size());
                    buffer.clear();
                    told.rows(row + 1 - done);
                    done = row + 1;
                }
            }
            buffer.trailer();
            copy.writeToCopy(buffer.array(), 0, buffer.size());
            long taken = copy.endCopy();
            told.rows(to - done);
            return taken;
        } catch (PSQLException failure) {
            Optional<RowsRefusedException> refused = RowsRefusedException.of(name(), failure);
            if (refused.isPresent()) {
                throw refused.get();
            }
            throw failure;
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    /** What some rows from all over the table are, down to the last bit: the same in every process that makes the same rows. */
    String sample() throws InvalidScenarioException {
        ColumnGenerator[] columns = generators();
        CopyBuffer buffer = new CopyBuffer(2 * CHUNK_BYTES);
        MessageDigest digest = ContentDigest.sha256();
        long step = Math.max(1, plan.rows() / SAMPLED_ROWS);
        for (long row = 0; row < plan.rows(); row += step) {
            write(row, columns, buffer);
            digest.update(buffer.array(), 0, buffer.size());
            buffer.clear();
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
