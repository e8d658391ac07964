package dev.rehearsal.proxy;

import java.nio.ByteBuffer;

/**
 * Bytes on their way through toxics.
 *
 * @param arrivedNanos when they were read from the socket, by {@code System.nanoTime()}; or when a stage that delayed them sent them on
 */
record Chunk(ByteBuffer bytes, long arrivedNanos) {
    int length() {
        return bytes.remaining();
    }

    /** Takes the first bytes out of this chunk; the rest stays in it. */
    Chunk take(int length, long stampNanos) {
        ByteBuffer taken = bytes.slice(bytes.position(), length);
        bytes.position(bytes.position() + length);
        return new Chunk(taken, stampNanos);
    }
}
