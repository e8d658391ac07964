package dev.rehearsal.dataset;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Rows in PostgreSQL's binary COPY format, growing as needed. Not thread-safe.
 *
 * <p>A field is a 4-byte length and as many bytes; a null has length -1. All numbers have their highest byte first. The format is described under
 * "Binary Format" at the COPY command of PostgreSQL's manual.
 */
final class CopyBuffer {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xff, '\r', '\n', 0};

    private byte[] bytes;
    private int size;

    CopyBuffer(int capacity) {
        bytes = new byte[capacity];
    }

    byte[] array() {
        return bytes;
    }

    int size() {
        return size;
    }

    void clear() {
        size = 0;
    }

    void header() {
        write(SIGNATURE);
        writeInt(0);
        writeInt(0);
    }

    void trailer() {
        writeShort(-1);
    }

    void writeShort(int value) {
        ensure(2);
        put(size, (byte) (value >> 8), (byte) value);
        size += 2;
    }

    void writeInt(int value) {
        ensure(4);
        putInt(size, value);
        size += 4;
    }

    void writeLong(long value) {
        ensure(8);
        putInt(size, (int) (value >> 32));
        putInt(size + 4, (int) value);
        size += 8;
    }

    // Byte by byte: C1, which the harness runs with, makes less of a view over the array than of this; C2 makes one
    // store of it.

    private void put(int index, byte high, byte low) {
        byte[] array = bytes;
        array[index + 1] = low;
        array[index] = high;
    }

    private void putInt(int index, int value) {
        byte[] array = bytes;
        array[index + 3] = (byte) value;
        array[index] = (byte) (value >> 24);
        array[index + 1] = (byte) (value >> 16);
        array[index + 2] = (byte) (value >> 8);
    }

    void write(byte[] value) {
        ensure(value.length);
        System.arraycopy(value, 0, bytes, size, value.length);
        size += value.length;
    }

    void writeNull() {
        writeInt(-1);
    }

    /** A ready value: its length and its bytes. */
    void writeField(byte[] value) {
        writeInt(value.length);
        write(value);
    }

    /** Writes the length and leaves room for the bytes, which the caller puts into {@link #array()} from the returned index on. */
    int field(int length) {
        ensure(4 + length);
        putInt(size, length);
        int start = size + 4;
        size = start + length;
        return start;
    }

    /** Begins a field whose length is not known yet; {@link #endField} puts it where this returns. */
    int beginField() {
        writeInt(0);
        return size;
    }

    void endField(int start) {
        putInt(start - 4, size - start);
    }

    void writeByte(int value) {
        ensure(1);
        bytes[size++] = (byte) value;
    }

    void write(byte[] value, int offset, int length) {
        ensure(length);
        System.arraycopy(value, offset, bytes, size, length);
        size += length;
    }

    /** Four bytes at {@code index}, as {@link #writeInt} wrote them. */
    int intAt(int index) {
        return (int) INT.get(bytes, index);
    }

    long longAt(int index) {
        return (long) LONG.get(bytes, index);
    }

    /** Two bytes within a {@link #field}. */
    void setShort(int index, short value) {
        put(index, (byte) (value >> 8), (byte) value);
    }

    private void ensure(int more) {
        if (bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
