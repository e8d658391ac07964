package dev.rehearsal.run;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What the ledger held each time it was read back. Read when asked for: a million entries need not stay in memory. */
public interface LedgerEntries {
    /**
     * The entries of one reading, as {@link LedgerKey}s in ascending order; one that was there twice stands there twice.
     *
     * @param section as in {@link RunEvent.LedgerRead#section}
     * @throws UncheckedIOException if the file does not have it, or is damaged
     */
    long[] section(int section);

    /** Entries that are in memory, in any order. */
    static LedgerEntries of(List<long[]> sections) {
        List<long[]> sorted = sections.stream()
                .map(section -> java.util.Arrays.stream(section).sorted().toArray())
                .toList();
        return section -> sorted.get(section).clone();
    }

    /** The entries in a {@code ledger.bin}, which is looked for only when they are asked for. */
    static LedgerEntries in(Path file) {
        return section -> {
            try {
                return read(file, section);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        };
    }

    private static long[] read(Path file, int wanted) throws IOException {
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(Files.newInputStream(file), 1 << 16))) {
            if (in.readInt() != LedgerFile.MAGIC) {
                throw new IOException(file + " is not a ledger (ledger.bin of a rehearsal)");
            }
            int version = in.readUnsignedShort();
            if (version != LedgerFile.VERSION) {
                throw new IOException(
                        file + " has version " + version + "; this harness reads version " + LedgerFile.VERSION);
            }
            for (int section = 0; ; section++) {
                int entries = in.readInt();
                int bytes = in.readInt();
                if (entries < 0 || bytes < entries) {
                    throw new IOException(file + ": section " + section + " is damaged");
                }
                if (section == wanted) {
                    return LedgerFile.unpacked(in.readNBytes(bytes), entries);
                }
                in.skipNBytes(bytes);
            }
        } catch (EOFException e) {
            throw new IOException(file + " ends before its section " + wanted, e);
        }
    }
}
