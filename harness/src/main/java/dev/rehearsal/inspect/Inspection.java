package dev.rehearsal.inspect;

import java.util.List;

/**
 * The static view of a migration and its rollback.
 *
 * @param serverVersion such as {@code 18.6}
 * @param statements in the order in which they run
 * @param unread what could not be looked at, a sentence each; of what comes after it less is certain
 * @param remarks what else a tool said of its steps, a sentence each
 */
public record Inspection(
        String serverVersion, List<StatementView> statements, List<String> unread, List<String> remarks) {
    public Inspection {
        statements = List.copyOf(statements);
        unread = List.copyOf(unread);
        remarks = List.copyOf(remarks);
    }
}
