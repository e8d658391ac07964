package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** Which migrations a branch adds. */
public interface AddedMigrations {
    /** What the branch is compared with, as the user wrote it. */
    String reference();

    /**
     * Files below a folder that were not there, such as migrations.
     *
     * @throws UnknownException if that cannot be found out
     */
    Set<Path> files(Path folder) throws UnknownException;

    /**
     * Change sets that were not there, by identity.
     *
     * @param now those that are there now
     * @throws UnknownException if that cannot be found out
     */
    Set<String> changeSets(MigrationSource.Liquibase source, List<ChangeSets.Listed> now) throws UnknownException;

    /** It cannot be found out. */
    final class UnknownException extends Exception {
        private static final long serialVersionUID = 1L;

        /** @param message why, and what to do */
        public UnknownException(String message) {
            super(message);
        }
    }
}
