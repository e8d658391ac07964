package dev.rehearsal.inspect;

import java.util.List;

/**
 * The static view of a migration and its rollback.
 *
 * @param serverVersion such as {@code 18.6}
 * @param statements in the order in which they run
 * @param unread steps that hold no SQL to look at, a sentence each
 */
public record Inspection(String serverVersion, List<StatementView> statements, List<String> unread) {
    public Inspection {
        statements = List.copyOf(statements);
        unread = List.copyOf(unread);
    }
}
