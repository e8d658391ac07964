package dev.rehearsal.measure;

import java.util.List;
import java.util.Optional;

/**
 * One statement that a migration tool has sent, by the server's account.
 *
 * @param sql as the server has it: several statements, if they came in one message
 * @param sqlState empty if it succeeded
 * @param message of its error
 */
public record ToolStatement(
        int backendPid, String sql, Optional<String> sqlState, Optional<String> message, Observation observation) {

    /**
     * Transaction control and settings, and questions: nobody but the tool asks after them, unless they were in somebody's way.
     *
     * @param books beginnings of the names of relations whose locks are the tool's own affair
     */
    public boolean isTalk(List<String> books) {
        boolean quiet = observation.waitedNanos() == 0
                && observation.rewrites().isEmpty()
                && observation.locks().stream()
                        .allMatch(lock -> lock.ownRelation()
                                || lock.mode().equals("AccessShare")
                                || lock.mode().equals("RowShare")
                                || books.stream().anyMatch(name(lock.relation())::startsWith));
        return sqlState.isEmpty() && quiet && StatementText.changesNothing(sql);
    }

    private static String name(String relation) {
        return relation.substring(relation.lastIndexOf('.') + 1);
    }
}
