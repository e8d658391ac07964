package dev.rehearsal.scenario;

import java.nio.file.Path;
import java.util.Optional;

/**
 * A database that is restored from a dump or a backup, as it is: no row is made up.
 *
 * @param source the file or directory, absolute
 * @param format what {@code source} is by its first bytes
 * @param database which one of a base backup's databases to rehearse on; empty: the only one
 */
public record RestoreSpec(Path source, RestoreFormat format, Optional<String> database) implements StartingData {
    /** The file's name without its endings. */
    @Override
    public String name() {
        Path file = source.getFileName();
        return file == null
                ? "restored"
                : file.toString().replaceFirst("(?i)(\\.(sql|dump|dmp|backup|tar|tgz|gz))+$", "");
    }
}
