package dev.rehearsal.scenario;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A text file of the user's, read.
 *
 * @param name as locations show it
 * @param text decoded, without a byte order mark
 * @param lines of the text, without their ends
 */
record SourceFile(String name, String text, List<String> lines) {
    /** A scenario of more is a mistake, such as a dump given in its place. */
    static final long MAXIMUM_BYTES = 1 << 20;

    SourceFile {
        lines = List.copyOf(lines);
    }

    static SourceFile of(String name, String text) {
        return new SourceFile(name, text, text.lines().toList());
    }

    /**
     * Reads {@code file}, or says in {@code problems} why not.
     *
     * @param referrer where the file is named, and the path of that; empty: on the command line
     * @param kind such as {@code scenario file}
     * @param maximumBytes a larger file is refused
     */
    static Optional<SourceFile> read(
            Path file, Optional<Referrer> referrer, String kind, long maximumBytes, Problems problems) {
        String name = displayName(file);
        Referrer where = referrer.orElseGet(() -> new Referrer(new SourceLocation(name, 1, 1), ""));
        String subject = referrer.isPresent() ? kind + " " + name : kind;
        try {
            if (!Files.exists(file)) {
                problems.add(where.location(), where.path(), subject + " does not exist; check the path");
                return Optional.empty();
            }
            if (Files.isDirectory(file)) {
                problems.add(where.location(), where.path(), subject + " is a directory; name the file in it");
                return Optional.empty();
            }
            long bytes = Files.size(file);
            if (bytes > maximumBytes) {
                problems.add(
                        where.location(),
                        where.path(),
                        "%s has %,d bytes, at most %,d are read; is it the right file?"
                                .formatted(subject, bytes, maximumBytes));
                return Optional.empty();
            }
            return decode(name, Files.readAllBytes(file), problems);
        } catch (IOException e) {
            problems.add(where.location(), where.path(), subject + " cannot be read: " + e.getMessage());
            return Optional.empty();
        }
    }

    /** The place in another file that names this one. */
    record Referrer(SourceLocation location, String path) {}

    /** Relative to the working directory where that is shorter. */
    static String displayName(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        String relative = Path.of("").toAbsolutePath().relativize(absolute).toString();
        return relative.length() < absolute.toString().length() ? relative : absolute.toString();
    }

    private static Optional<SourceFile> decode(String name, byte[] bytes, Problems problems) throws IOException {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length);
        CoderResult result = decoder.decode(in, out, true);
        if (result.isError()) {
            int offset = in.position();
            int line = 1;
            int lineStart = 0;
            for (int i = 0; i < offset; i++) {
                if (bytes[i] == '\n') {
                    line++;
                    lineStart = i + 1;
                }
            }
            int column = new String(bytes, lineStart, offset - lineStart, StandardCharsets.UTF_8)
                            .codePoints()
                            .toArray()
                            .length
                    + 1;
            problems.add(
                    new SourceLocation(name, line, column),
                    "",
                    "is not UTF-8: byte %d (0x%02x); save the file as UTF-8".formatted(offset, bytes[offset] & 0xff));
            return Optional.empty();
        }
        if (decoder.flush(out).isError()) {
            throw new CharacterCodingException();
        }
        String text = out.flip().toString();
        return Optional.of(of(name, text.startsWith("\ufeff") ? text.substring(1) : text));
    }
}
