package dev.rehearsal.scenario;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/** What can be restored, told by its first bytes: names and endings are anybody's. */
public enum RestoreFormat {
    /** SQL as {@code pg_dump} writes it, possibly compressed by gzip. */
    PLAIN("a plain dump"),
    /** Of {@code pg_dump -Fc}, {@code -Fd} or {@code -Ft}: what {@code pg_restore} reads. */
    ARCHIVE("a dump for pg_restore"),
    /** The data directory of a server, as {@code pg_basebackup -Fp} copies it, or as a stopped server leaves it. */
    BASE_BACKUP_DIRECTORY("a base backup"),
    /** {@code base.tar} of {@code pg_basebackup -Ft}, possibly compressed by gzip, or the directory with it. */
    BASE_BACKUP_TAR("a base backup in tar files");

    private static final int HEAD_BYTES = 8192;
    private static final int TAR_MAGIC = 257;
    private static final String WANTED =
            "name a dump of pg_dump (plain, -Fc, -Fd) or a base backup of pg_basebackup (directory, .tar, .tar.gz)";

    private final String words;

    RestoreFormat(String words) {
        this.words = words;
    }

    /** For people, with an article. */
    public String words() {
        return words;
    }

    /** The file is none of these. */
    static final class Unknown extends Exception {
        private static final long serialVersionUID = 1;

        Unknown(String message) {
            super(message);
        }
    }

    /**
     * Looks.
     *
     * @throws Unknown with what it is instead, as far as can be told, and what to do
     */
    static RestoreFormat of(Path source) throws IOException, Unknown {
        return Files.isDirectory(source) ? ofDirectory(source) : ofFile(source);
    }

    private static RestoreFormat ofDirectory(Path directory) throws IOException, Unknown {
        if (Files.exists(directory.resolve("toc.dat"))) {
            return ARCHIVE;
        }
        if (Files.exists(directory.resolve("PG_VERSION"))) {
            return BASE_BACKUP_DIRECTORY;
        }
        try (Stream<Path> entries = Files.list(directory)) {
            List<String> names =
                    entries.map(entry -> entry.getFileName().toString()).toList();
            if (names.contains("base.tar") || names.contains("base.tar.gz")) {
                return BASE_BACKUP_TAR;
            }
            if (names.stream().anyMatch(name -> name.startsWith("base.tar."))) {
                throw new Unknown("is a base backup whose tar files are neither plain nor compressed by gzip;"
                        + " decompress them, or take it with pg_basebackup -Ft -z");
            }
        }
        throw new Unknown("is a directory with neither toc.dat (pg_dump -Fd), PG_VERSION nor base.tar (pg_basebackup); "
                + WANTED);
    }

    private static RestoreFormat ofFile(Path file) throws IOException, Unknown {
        byte[] head = head(Files.newInputStream(file));
        if (isGzip(head)) {
            return ofHead(head(new GZIPInputStream(new ByteArrayInputStream(head))));
        }
        return ofHead(head);
    }

    /** As many of the first bytes as there are; a compressed text that ends early gives what it has. */
    private static byte[] head(InputStream in) throws IOException {
        byte[] head = new byte[HEAD_BYTES];
        int size = 0;
        try (in) {
            int read = 0;
            while (read >= 0 && size < head.length) {
                size += read;
                read = in.read(head, size, head.length - size);
            }
        } catch (java.io.EOFException cutByUs) {
            // Of a compressed file only the first bytes were given.
        }
        return java.util.Arrays.copyOf(head, size);
    }

    private static boolean isGzip(byte[] head) {
        return head.length > 2 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b;
    }

    private static RestoreFormat ofHead(byte[] head) throws Unknown {
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.isEmpty()) {
            throw new Unknown("is empty; " + WANTED);
        }
        if (text.startsWith("PGDMP")) {
            return ARCHIVE;
        }
        if (text.startsWith("ustar", TAR_MAGIC)) {
            return text.startsWith("toc.dat\0") ? ARCHIVE : BASE_BACKUP_TAR;
        }
        refuseForeign(text);
        if (text.chars().anyMatch(c -> c < ' ' && "\t\n\r\f\u000b\b".indexOf(c) < 0)) {
            throw new Unknown(
                    "is no dump of PostgreSQL: it holds binary data, and no beginning that is known; " + WANTED);
        }
        return PLAIN;
    }

    private static void refuseForeign(String text) throws Unknown {
        if (text.startsWith("Salted__")
                || text.startsWith("-----BEGIN PGP")
                || text.startsWith("age-encryption.org")
                || text.startsWith("-----BEGIN AGE")) {
            throw new Unknown("is encrypted; decrypt it first, and name the decrypted file");
        }
        for (Compressed compressed : Compressed.values()) {
            if (text.startsWith(compressed.magic)) {
                throw new Unknown("is compressed by " + compressed.name().toLowerCase(Locale.ROOT)
                        + ", which is not read here; decompress it first");
            }
        }
        if (text.startsWith("\u00ff\u00fe") || text.startsWith("\u00fe\u00ff")) {
            throw new Unknown("is UTF-16, as > of PowerShell writes it; dump with pg_dump --file instead");
        }
        if (text.startsWith("-- MySQL dump")
                || text.startsWith("-- MariaDB dump")
                || text.startsWith("/*M!")
                || text.startsWith("SQLite format 3")) {
            throw new Unknown("is the dump of another kind of database; " + WANTED);
        }
        if (text.contains("-- PostgreSQL database cluster dump")) {
            throw new Unknown("is the dump of a whole cluster (pg_dumpall); dump the one database with pg_dump");
        }
    }

    private enum Compressed {
        ZSTD("(\u00b5/\u00fd"),
        LZ4("\u0004\"M\u0018"),
        XZ("\u00fd7zXZ"),
        BZIP2("BZh"),
        ZIP("PK\u0003\u0004");

        private final String magic;

        Compressed(String magic) {
            this.magic = magic;
        }
    }
}
