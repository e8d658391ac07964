package dev.rehearsal.proxy;

import java.nio.ByteBuffer;

/**
 * Bytes on their way through toxics.
 *
 * @param arrivedNanos when they were read from the socket, by {@code System.nanoTime()}
 */
record Chunk(ByteBuffer bytes, long arrivedNanos) {
    int length() {
        return bytes.remaining();
    }
}
