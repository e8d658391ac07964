package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * As whom servers run in containers. PostgreSQL wants to own its data directory and refuses to be root; so an ordinary user's servers run as
 * that user, and root's as {@code nobody}, who is given each clone, and from whom what shall be kept is taken back.
 *
 * @param giving whether files must change their owner, which only root can
 */
record ContainerUser(int uid, int gid, boolean giving) {
    private static final int NOBODY = 65534;

    static ContainerUser ofThisProcess() throws EnvironmentException {
        int uid = id("-u");
        return uid == 0 ? new ContainerUser(NOBODY, NOBODY, true) : new ContainerUser(uid, id("-g"), false);
    }

    /** For {@code docker run --user}. */
    String text() {
        return uid + ":" + gid;
    }

    /** A line of {@code /etc/passwd}: initdb wants to know its user's name. */
    String passwdLine() {
        return "postgres:x:" + uid + ":" + gid + "::/tmp:/bin/sh\n";
    }

    void give(Path path) throws IOException {
        if (giving) {
            own(path, uid, gid);
        }
    }

    void takeBack(Path path) throws IOException {
        if (giving) {
            own(path, 0, 0);
        }
    }

    private static void own(Path path, int uid, int gid) throws IOException {
        try (Stream<Path> all = Files.walk(path)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.setAttribute(each, "unix:uid", uid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
                Files.setAttribute(each, "unix:gid", gid, java.nio.file.LinkOption.NOFOLLOW_LINKS);
            }
        }
    }

    private static int id(String option) throws EnvironmentException {
        try {
            return Integer.parseInt(Commands.run(List.of("id", option)).output().strip());
        } catch (IOException | NumberFormatException e) {
            throw new EnvironmentException(
                    "cannot find out which user this is: " + e.getMessage(), "Install coreutils (the command id).", e);
        }
    }
}
