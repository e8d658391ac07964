package dev.rehearsal.inspect;

import java.util.Optional;

/**
 * What a column will be that a statement adds.
 *
 * @param nullable whether rows may hold nothing in it
 * @param defaultExpression as written; empty: there is none
 * @param index what is said about an index on it, a phrase; empty: it needs none
 */
public record NewColumn(
        String name,
        String type,
        boolean nullable,
        Optional<String> defaultExpression,
        Volatility volatility,
        Optional<String> index) {
    /** What the server makes of a default. */
    public enum Volatility {
        /** There is no default: existing rows hold nothing. */
        NONE,
        /** The same always: kept once, in the catalog. */
        CONSTANT,
        /** The same within a statement, such as {@code now()}: also kept once. */
        STABLE,
        /** Another for each row: computed and stored in each. */
        VOLATILE,
        /** The server refuses it, or what it would need is not there. */
        UNKNOWN
    }
}
