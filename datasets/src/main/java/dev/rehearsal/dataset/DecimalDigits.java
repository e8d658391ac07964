package dev.rehearsal.dataset;

/** Whole numbers as decimal text, without making a String. */
final class DecimalDigits {
    private DecimalDigits() {}

    /** Characters of a number, its sign included. */
    static int length(long value) {
        if (value == Long.MIN_VALUE) {
            return 20;
        }
        int length = value < 0 ? 2 : 1;
        for (long rest = Math.abs(value); rest >= 10; rest /= 10) {
            length++;
        }
        return length;
    }

    /** Puts the number at {@code index}; {@code length} is its {@link #length}. */
    static void put(long value, byte[] bytes, int index, int length) {
        int position = index + length;
        long rest = value;
        do {
            // The remainder has the number's sign; negating one digit cannot overflow.
            bytes[--position] = (byte) ('0' + Math.abs((int) (rest % 10)));
            rest /= 10;
        } while (rest != 0);
        if (value < 0) {
            bytes[--position] = '-';
        }
    }

    static void writeField(long value, CopyBuffer out) {
        int length = length(value);
        int index = out.field(length);
        put(value, out.array(), index, length);
    }
}
