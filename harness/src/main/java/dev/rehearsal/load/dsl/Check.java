package dev.rehearsal.load.dsl;

import io.gatling.javaapi.core.Session;
import java.util.function.Function;

/** What must be true of a statement's result, or the transaction has failed. Checks of a column fail where there is no row. */
public sealed interface Check {
    /** From {@code least} to {@code most} rows, both included. */
    record Rows(long least, long most) implements Check {
        public Rows {
            if (least < 0 || most < least) {
                throw new IllegalArgumentException("a statement cannot have from " + least + " to " + most + " rows");
            }
        }
    }

    /** @param column its label */
    record ColumnIs(String column, Function<Session, ?> expected) implements Check {}

    /** @param column its label */
    record ColumnSaved(String column, String attribute) implements Check {}
}
