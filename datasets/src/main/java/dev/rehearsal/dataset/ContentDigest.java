package dev.rehearsal.dataset;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The content of a file or of a directory as 64 hexadecimal digits. Files are read once: the digest is kept with what the file system says of the file, down
 * to its change time, which no copy and no {@code touch} can set back.
 */
final class ContentDigest {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    /** A file that is changed within the same tick of the clock looks unchanged: it is not remembered until it has rested. */
    private static final Duration REST = Duration.ofSeconds(2);

    private final Path kept;

    /** @param cacheDirectory digests are kept in {@code digests/} there */
    ContentDigest(Path cacheDirectory) {
        this.kept = cacheDirectory.resolve("digests");
    }

    /** A digest that was taken, and of which state of the file. */
    private record Kept(String path, String state, String digest) {}

    String of(Path source) throws IOException, InterruptedException {
        if (!Files.isDirectory(source)) {
            return ofFile(source);
        }
        StringBuilder all = new StringBuilder();
        List<Path> files;
        try (Stream<Path> walk = Files.walk(source, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            files = walk.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            all.append(source.relativize(file))
                    .append('\0')
                    .append(ofFile(file))
                    .append('\n');
        }
        return HexFormat.of().formatHex(sha256().digest(all.toString().getBytes(StandardCharsets.UTF_8)));
    }

    private String ofFile(Path file) throws IOException, InterruptedException {
        Path real = file.toRealPath();
        String state = state(real);
        Path memory = kept.resolve(HexFormat.of()
                        .formatHex(sha256().digest(real.toString().getBytes(StandardCharsets.UTF_8)), 0, 16)
                + ".json");
        Optional<Kept> known = read(memory);
        if (known.isPresent()
                && known.get().path().equals(real.toString())
                && known.get().state().equals(state)) {
            return known.get().digest();
        }
        Instant changed = ((java.nio.file.attribute.FileTime) Files.getAttribute(real, "unix:ctime")).toInstant();
        boolean rested = changed.isBefore(Instant.now().minus(REST));
        String digest = digest(real);
        if (rested && state(real).equals(state)) {
            Files.createDirectories(kept);
            Files.writeString(memory, JSON.writeValueAsString(new Kept(real.toString(), state, digest)));
        }
        return digest;
    }

    private static String state(Path file) throws IOException {
        return Files.readAttributes(file, "unix:size,lastModifiedTime,ctime,ino,dev").entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .map(Object::toString)
                .toList()
                .toString();
    }

    private static Optional<Kept> read(Path memory) throws IOException {
        try {
            return Files.isRegularFile(memory)
                    ? Optional.of(JSON.readValue(Files.readString(memory), Kept.class))
                    : Optional.empty();
        } catch (JacksonException damaged) {
            return Optional.empty();
        }
    }

    private static String digest(Path file) throws IOException, InterruptedException {
        MessageDigest digest = sha256();
        byte[] buffer = new byte[1 << 18];
        try (InputStream in = Files.newInputStream(file)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
                if (Thread.interrupted()) {
                    throw new InterruptedException("while reading " + file);
                }
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("every Java platform has SHA-256", impossible);
        }
    }
}
