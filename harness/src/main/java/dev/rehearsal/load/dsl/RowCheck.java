package dev.rehearsal.load.dsl;

/** Of how many rows there are; see {@link SqlDsl#rows}. */
public final class RowCheck {
    RowCheck() {}

    /** Exactly so many. */
    public Check is(long count) {
        return new Check.Rows(count, count);
    }

    /** So many or more. */
    public Check atLeast(long count) {
        return new Check.Rows(count, Long.MAX_VALUE);
    }

    /** So many or fewer. */
    public Check atMost(long count) {
        return new Check.Rows(0, count);
    }
}
