package dev.rehearsal.report;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Files of the user's as build servers want them: with forward slashes, relative to the folder that the harness was run in (the repository's root, in CI)
 * where that is how they were given.
 */
final class FileReference {
    private FileReference() {}

    /** Such as {@code db/migrate/0042.sql}. */
    static String path(String file) {
        String path = file.replace('\\', '/');
        while (path.startsWith("./")) {
            path = path.substring(2);
        }
        return path;
    }

    /** Percent-encoded: relative, or {@code file:///…} for an absolute path. */
    static String uri(String file) {
        String path = path(file);
        boolean absolute = path.startsWith("/") || path.matches("[A-Za-z]:/.*");
        try {
            return absolute
                    ? new URI("file", "", path.startsWith("/") ? path : "/" + path, null).toASCIIString()
                    // The first segment of a relative reference may hold no colon, which URI writes as ./a:b.
                    : new URI(null, null, path.contains(":") ? "./" + path : path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("not a path: " + file, e);
        }
    }
}
