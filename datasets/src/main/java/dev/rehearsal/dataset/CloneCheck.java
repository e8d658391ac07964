package dev.rehearsal.dataset;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * That a clone shares nothing with its snapshot that a server could write: neither a file of two names nor a link to a place outside, such as a
 * tablespace. Costs a look at each file's entry, and reads none. Blocks that a reflink shares are the file system's to part.
 */
final class CloneCheck {
    private CloneCheck() {}

    /** @throws IOException with the first thing that is shared */
    static void requireOwn(Path clone) throws IOException {
        Files.walkFileTree(clone, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                if (!attributes.isRegularFile()) {
                    throw new IOException(clone.relativize(file)
                            + " leads outside the data directory, so that clone and snapshot" + " would share it");
                }
                if ((int) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1) {
                    throw new IOException(
                            clone.relativize(file) + " has another name elsewhere (a hard link), so that clone and"
                                    + " snapshot would share it");
                }
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
