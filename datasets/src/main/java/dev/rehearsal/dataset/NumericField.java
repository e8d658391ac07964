package dev.rehearsal.dataset;

/**
 * A {@code numeric} in binary: the number of digits to base 10000, the weight of the first (0: units), the sign, the digits shown behind the point,
 * then the digits, two bytes each.
 */
final class NumericField {
    private static final int BASE = 10_000;
    private static final int NEGATIVE = 0x4000;
    private static final int[] PADDING = {1, 1_000, 100, 10};

    private NumericField() {}

    /** Whether {@link #write} can take the number: aligning it to base 10000 must not overflow. */
    static boolean fits(long unscaled, int scale) {
        return scale >= 0 && scale <= 16 && Math.abs(unscaled) <= Long.MAX_VALUE / 1_000 && unscaled != Long.MIN_VALUE;
    }

    /** Writes the field of {@code unscaled / 10^scale}, with its length. */
    static void write(long unscaled, int scale, CopyBuffer out) {
        // The point must fall between two digits to base 10000.
        int behindPoint = (scale + 3) / 4;
        long rest = Math.abs(unscaled) * PADDING[scale & 3];
        while (rest != 0 && rest % BASE == 0 && behindPoint > 0) {
            rest /= BASE;
            behindPoint--;
        }
        int digits = 0;
        for (long left = rest; left != 0; left /= BASE) {
            digits++;
        }
        out.writeInt(8 + 2 * digits);
        out.writeShort(digits);
        out.writeShort(digits == 0 ? 0 : digits - behindPoint - 1);
        out.writeShort(unscaled < 0 ? NEGATIVE : 0);
        out.writeShort(scale);
        writeDigits(rest, digits, out);
    }

    private static void writeDigits(long value, int digits, CopyBuffer out) {
        long divisor = 1;
        for (int i = 1; i < digits; i++) {
            divisor *= BASE;
        }
        long rest = value;
        for (int i = 0; i < digits; i++) {
            out.writeShort((int) (rest / divisor));
            rest %= divisor;
            divisor /= BASE;
        }
    }
}
