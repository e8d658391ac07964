package dev.rehearsal.run;

import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * {@code ledger.bin}: the entries that were there, each time that the ledger was read back.
 *
 * <pre>
 * header    "RHLG" · u16 version = 1
 * section   u32 entries · u32 bytes · per entry, ascending: its key less the key before it, seven bits a byte, the lowest first
 * </pre>
 *
 * Numbers are big-endian. Neighbouring arrivals differ by little, so that most entries take two bytes: a million of them 2 MB.
 *
 * <p>Appends; safe for use by several threads.
 */
public final class LedgerFile implements AutoCloseable {
    static final int MAGIC = 0x52484c47;
    static final int VERSION = 1;

    private final DataOutputStream out;
    private int sections;
    private boolean whole = true;

    /** Begins a new file. */
    public LedgerFile(Path file) throws IOException {
        out = new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16));
        out.writeInt(MAGIC);
        out.writeShort(VERSION);
        out.flush();
    }

    /**
     * Appends what one reading found.
     *
     * @param keys in any order
     * @return the number of the section, now that all of it is in the file
     * @throws IOException if it is not; then nothing can be appended any more
     */
    public synchronized int append(long[] keys) throws IOException {
        if (!whole) {
            throw new IOException("its last section could not be written");
        }
        byte[] packed = packed(Arrays.stream(keys).sorted().toArray());
        whole = false;
        out.writeInt(keys.length);
        out.writeInt(packed.length);
        out.write(packed);
        out.flush();
        whole = true;
        return sections++;
    }

    private static byte[] packed(long[] ascending) {
        byte[] bytes = new byte[ascending.length * 2 + 16];
        int length = 0;
        long before = 0;
        for (long key : ascending) {
            if (bytes.length - length < 10) {
                bytes = Arrays.copyOf(bytes, bytes.length * 2);
            }
            long rest = key - before;
            while ((rest & ~0x7fL) != 0) {
                bytes[length++] = (byte) ((rest & 0x7f) | 0x80);
                rest >>>= 7;
            }
            bytes[length++] = (byte) rest;
            before = key;
        }
        return Arrays.copyOf(bytes, length);
    }

    /** @throws EOFException if there are fewer than {@code entries} in them */
    static long[] unpacked(byte[] packed, int entries) throws EOFException {
        long[] keys = new long[entries];
        int at = 0;
        long key = 0;
        for (int i = 0; i < entries; i++) {
            long difference = 0;
            for (int shift = 0; ; shift += 7) {
                if (at == packed.length) {
                    throw new EOFException();
                }
                byte next = packed[at++];
                difference |= (long) (next & 0x7f) << shift;
                if (next >= 0) {
                    break;
                }
            }
            key += difference;
            keys[i] = key;
        }
        return keys;
    }

    @Override
    public synchronized void close() throws IOException {
        out.close();
    }
}
