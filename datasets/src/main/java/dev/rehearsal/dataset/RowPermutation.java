package dev.rehearsal.dataset;

/**
 * One-to-one mappings of 0 … size - 1 to themselves that look random, one for each key: how values come to be unique, or as often as they
 * shall be, without remembering any.
 *
 * <p>A Feistel network of four rounds over a grid of about √size × √size; the few cells beyond the size are walked through until one lies
 * within (Black and Rogaway, "Ciphers with Arbitrary Finite Domains", 2002). Immutable.
 */
final class RowPermutation {
    private static final long ROUND = 0xd1342543de82ef95L;

    private final long size;
    private final long columns;
    private final long lines;

    /** @param size 1 to 2^62 */
    RowPermutation(long size) {
        if (size < 1 || size > 1L << 62) {
            throw new IllegalArgumentException("size must be 1 to 2^62, got " + size);
        }
        this.size = size;
        this.columns = Math.max(1, (long) Math.ceil(Math.sqrt((double) size)));
        this.lines = (size + columns - 1) / columns;
    }

    long size() {
        return size;
    }

    /**
     * @param index 0 to size - 1
     * @return where it goes, 0 to size - 1
     */
    long at(long key, long index) {
        long cell = index;
        do {
            cell = shuffled(key, cell);
        } while (cell >= size);
        return cell;
    }

    private long shuffled(long key, long cell) {
        long line = cell / columns;
        long column = cell - line * columns;
        long round = key;
        for (int i = 0; i < 2; i++) {
            round += ROUND;
            line = moved(line, lines, RowRandom.mix(round ^ column));
            round += ROUND;
            column = moved(column, columns, RowRandom.mix(round ^ line));
        }
        return line * columns + column;
    }

    private static long moved(long position, long length, long bits) {
        long moved = position + RowRandom.below(length, bits);
        return moved >= length ? moved - length : moved;
    }
}
