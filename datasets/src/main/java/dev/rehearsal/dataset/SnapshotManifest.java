package dev.rehearsal.dataset;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * {@code manifest.txt}: every file of a snapshot's data directory with its size, and at the end the checksum of the lines above. A snapshot that is not
 * what its manifest says was damaged: by a disk, by somebody who tidied up, by a server that was started on it.
 *
 * <pre>
 * 8192 base/5/1247
 * 3 PG_VERSION
 * sha256 9f86d0818…
 * </pre>
 *
 * <p>What is inside the files is not read: that would take as long as the clone does. PostgreSQL's own checksums of pages find it.
 */
final class SnapshotManifest {
    private static final String NAME = "manifest.txt";
    private static final String CHECKSUM = "sha256 ";

    private SnapshotManifest() {}

    /** Writes the manifest of {@code data} beside it. */
    static void write(Path directory) throws IOException {
        StringBuilder lines = new StringBuilder();
        sizes(directory.resolve("data"))
                .forEach((file, bytes) ->
                        lines.append(bytes).append(' ').append(file).append('\n'));
        Files.writeString(directory.resolve(NAME), lines + CHECKSUM + checksum(lines.toString()) + "\n");
    }

    /** What is wrong with a snapshot, for people; empty if nothing is. */
    static Optional<String> damage(Path directory) throws IOException {
        Path file = directory.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            return Optional.of("it has no " + NAME);
        }
        String text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        int last = text.lastIndexOf(CHECKSUM);
        if (last < 0 || !text.substring(last).equals(CHECKSUM + checksum(text.substring(0, last)) + "\n")) {
            return Optional.of("the checksum of its " + NAME + " is wrong");
        }
        Map<String, String> found = sizes(directory.resolve("data"));
        for (String line : text.substring(0, last).lines().toList()) {
            int space = line.indexOf(' ');
            String name = line.substring(space + 1);
            String bytes = found.remove(name);
            if (bytes == null) {
                return Optional.of(name + " is missing");
            }
            if (!bytes.equals(line.substring(0, space))) {
                return Optional.of(name + " has " + bytes + " bytes instead of " + line.substring(0, space));
            }
        }
        return found.keySet().stream().findFirst().map(name -> name + " does not belong to it");
    }

    /** By path from the data directory; what is no regular file and no directory has a word instead of a size. */
    private static Map<String, String> sizes(Path data) throws IOException {
        Map<String, String> sizes = new TreeMap<>();
        if (!Files.isDirectory(data)) {
            return sizes;
        }
        Files.walkFileTree(data, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                sizes.put(
                        data.relativize(file).toString(),
                        attributes.isRegularFile() ? Long.toString(attributes.size()) : "other");
                return FileVisitResult.CONTINUE;
            }
        });
        return sizes;
    }

    private static String checksum(String text) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
