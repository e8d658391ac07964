package dev.rehearsal.dataset;

import dev.rehearsal.scenario.RestoreFormat;
import dev.rehearsal.scenario.RestoreSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * How much disk a restore will take, from the size of what is restored: to refuse before, not after filling the disk. Rounded up on purpose; only of a
 * base backup it is exact.
 */
record RestoreEstimate(long dataBytes, long writeAheadLogBytes) {
    private static final long CLUSTER_BYTES = 60L << 20;
    /** Tables and indexes beside the text of their rows. */
    private static final double DATABASE_TO_TEXT = 2;
    /** Text beside its compressed form, where the file does not say. */
    private static final int TEXT_TO_COMPRESSED = 5;

    static RestoreEstimate of(RestoreSpec spec) throws IOException {
        long bytes = bytes(spec.source());
        boolean backup =
                spec.format() == RestoreFormat.BASE_BACKUP_DIRECTORY || spec.format() == RestoreFormat.BASE_BACKUP_TAR;
        if (backup) {
            // What recovery writes on top is a few checkpoints.
            return new RestoreEstimate(bytes, DiskEstimate.MOST_WRITE_AHEAD_LOG / 8);
        }
        long text = spec.format() == RestoreFormat.ARCHIVE ? bytes * TEXT_TO_COMPRESSED : bytes;
        long data = CLUSTER_BYTES + (long) (text * DATABASE_TO_TEXT);
        return new RestoreEstimate(data, Math.min(DiskEstimate.MOST_WRITE_AHEAD_LOG, data));
    }

    /** What must be free before. */
    long peakBytes() {
        return dataBytes + writeAheadLogBytes;
    }

    /** Of what is read, decompressed. */
    private static long bytes(Path source) throws IOException {
        List<Path> files;
        try (Stream<Path> walk = Files.walk(source, java.nio.file.FileVisitOption.FOLLOW_LINKS)) {
            files = walk.filter(Files::isRegularFile).toList();
        }
        long sum = 0;
        for (Path file : files) {
            sum += decompressed(file);
        }
        return sum;
    }

    /** Gzip ends with the size modulo 4 GB; the rest is a guess that no text or table is compressed to less than a thirtieth. */
    private static long decompressed(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file)) {
            long size = channel.size();
            ByteBuffer magic = ByteBuffer.allocate(2);
            ByteBuffer end = ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN);
            if (size < 18
                    || channel.read(magic, 0) < 2
                    || magic.getShort(0) != 0x1f8b
                    || channel.read(end, size - 4) < 4) {
                return size;
            }
            long decompressed = end.getInt(0) & 0xffffffffL;
            while (decompressed < size * 2 && size > 1 << 30) {
                decompressed += 1L << 32;
            }
            return Math.max(size, decompressed);
        }
    }
}
