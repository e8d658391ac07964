package dev.rehearsal.dataset;

/** Names as SQL needs them. */
final class SqlNames {
    private SqlNames() {}

    /** In quotes, whatever is in it. */
    static String quoted(String identifier) {
        return '"' + identifier.replace("\"", "\"\"") + '"';
    }
}
