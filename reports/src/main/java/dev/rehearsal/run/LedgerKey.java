package dev.rehearsal.run;

/**
 * The identity of an entry in the ledger, in one number: {@code 16 bits operation · 44 bits arrival · 4 bits attempt − 1}. The operation is an
 * index into {@link Requests#operations()}, the arrival's number is that within the operation's service.
 */
public final class LedgerKey {
    private static final int ARRIVAL_BITS = 44;
    private static final int ATTEMPT_BITS = 4;

    private LedgerKey() {}

    /** @param attempt from 1 */
    public static long of(int operation, long arrival, int attempt) {
        return ((long) operation << (ARRIVAL_BITS + ATTEMPT_BITS)) | (arrival << ATTEMPT_BITS) | (attempt - 1);
    }
}
