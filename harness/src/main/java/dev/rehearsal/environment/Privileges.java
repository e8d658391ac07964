package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * As whom servers run: PostgreSQL refuses to run as root, which is what containers and CI machines often are.
 *
 * <p>Every program that goes before the server replaces itself by it, so that the process started is the postmaster.
 */
enum Privileges {
    /** Not root: as ourselves. */
    OWN {
        @Override
        List<String> prefix() {
            return List.of();
        }
    },
    /** Root, in a user namespace where root is nobody: files stay root's, nothing needs another owner. */
    USER_NAMESPACE {
        @Override
        List<String> prefix() {
            return List.of("unshare", "-U");
        }
    },
    /** Root where namespaces are refused: as the unprivileged user {@code nobody}, who then must own the files. */
    NOBODY {
        @Override
        List<String> prefix() {
            return List.of("setpriv", "--reuid=" + NOBODY_ID, "--regid=" + NOBODY_ID, "--clear-groups");
        }

        @Override
        void own(Path path) throws IOException {
            try (Stream<Path> all = Files.walk(path)) {
                for (Path each : (Iterable<Path>) all::iterator) {
                    Files.setAttribute(each, "unix:uid", NOBODY_ID);
                    Files.setAttribute(each, "unix:gid", NOBODY_ID);
                }
            }
        }
    };

    private static final int NOBODY_ID = 65534;

    /** Programs, with their arguments, that a server's command line begins with. */
    abstract List<String> prefix();

    /** Makes a file, or a directory and all in it, the server's. */
    void own(Path path) throws IOException {
        // Most servers run as the owner of what we write.
    }

    static Privileges ofThisProcess() throws EnvironmentException {
        try {
            if (!Commands.run(List.of("id", "-u")).output().strip().equals("0")) {
                return OWN;
            }
            for (Privileges way : List.of(USER_NAMESPACE, NOBODY)) {
                if (Commands.exists(way.prefix().getFirst()) && works(way)) {
                    return way;
                }
            }
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot find out which user this is: " + e.getMessage(), "Install coreutils (the command id).", e);
        }
        throw new EnvironmentException(
                "PostgreSQL does not run as root, and neither 'unshare -U' nor 'setpriv' can take root away here",
                "Run the harness as another user, or install util-linux.");
    }

    private static boolean works(Privileges way) throws IOException {
        List<String> command = new ArrayList<>(way.prefix());
        command.add("true");
        return Commands.run(command).exitCode() == 0;
    }
}
