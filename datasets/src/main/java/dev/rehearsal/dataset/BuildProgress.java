package dev.rehearsal.dataset;

/** Told how a dataset's build gets on. Called from the building threads, one call at a time and a few times a second at most. */
public interface BuildProgress {
    /** For callers that show nothing. */
    BuildProgress SILENT = new BuildProgress() {
        @Override
        public void phase(String phase) {}

        @Override
        public void rows(String table, long done, long total, double rowsPerSecond) {}
    };

    /** The build goes on to something else, such as {@code "create index orders_status_idx"}: a short text for people. */
    void phase(String phase);

    /** Something about the dataset that people may not expect, such as a table that stays empty: one sentence. */
    default void note(String note) {}

    /** How long all rows will still take at the pace so far; told together with {@link #rows}. */
    default void remaining(double seconds) {}

    /**
     * @param done rows of this table that the server has taken
     * @param total rows that the table will have
     * @param rowsPerSecond since the table's first row
     */
    void rows(String table, long done, long total, double rowsPerSecond);
}
