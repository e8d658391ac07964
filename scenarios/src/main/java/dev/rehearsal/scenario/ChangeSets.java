package dev.rehearsal.scenario;

import java.util.List;

/**
 * Reads change logs, which takes the library whose they are. Found by {@link java.util.ServiceLoader}, so that the language depends on no library.
 */
public interface ChangeSets {
    /**
     * Reads a change log and all it includes, without a database.
     *
     * @return those that would be run on PostgreSQL, in the order in which they are
     * @throws UnreadableException if the library cannot read it
     */
    List<Listed> read(MigrationSource.Liquibase source) throws UnreadableException;

    /**
     * One change set.
     *
     * @param identity {@code file::id::author}, by which the library knows it
     * @param id as its author wrote it
     * @param file of the change log it stands in, relative to the root
     * @param canGoBack whether the library can take it back
     */
    record Listed(String identity, String id, String author, String file, boolean canGoBack) {}

    /** The library cannot read a change log. */
    final class UnreadableException extends Exception {
        private static final long serialVersionUID = 1L;

        public UnreadableException(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
