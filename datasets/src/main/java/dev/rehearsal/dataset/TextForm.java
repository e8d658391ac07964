package dev.rehearsal.dataset;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the texts of one stretch have in common: bytes that stay, places that count the values, so that they differ and lie in order, and places
 * that are filled at random, but always the same for a value. Letters become letters and digits digits. Immutable.
 */
final class TextForm {
    private static final byte[] LETTERS =
            "aaaaabccdddeeeeeeeffghhhiiiijklllmmnnnnooooopqrrrrsssttttuuvwxyz".getBytes(StandardCharsets.US_ASCII);
    private static final int[] NONE = {};

    /** In UTF-8. */
    private final byte[] bytes;
    /** Places that count, the most significant first. */
    private final int[] counting;
    /** Places that are filled. */
    private final int[] filled;

    private final long capacity;
    /** Letters behind the bytes, on average. */
    private final double longer;

    private TextForm(byte[] bytes, int[] counting, int[] filled, long capacity, double longer) {
        this.bytes = bytes;
        this.counting = counting;
        this.filled = filled;
        this.capacity = capacity;
        this.longer = longer;
    }

    /** How many values can be counted. */
    long capacity() {
        return capacity;
    }

    /** One text. */
    static TextForm fixed(String text) {
        return new TextForm(text.getBytes(StandardCharsets.UTF_8), NONE, NONE, 1, 0);
    }

    /**
     * Texts of the form of one.
     *
     * @param kept characters at the beginning that stay
     * @param values how many are needed; letters are added where there are not enough places to count them
     * @param longest in characters: no letters are added beyond it, then {@link #capacity} is less than {@code values}
     */
    static TextForm like(String text, int kept, long values, int longest) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int first = text.substring(0, kept).getBytes(StandardCharsets.UTF_8).length;
        int room = (int) Math.min(20, Math.max(0, (long) longest - text.codePointCount(0, text.length())));
        byte[] all = Arrays.copyOf(bytes, bytes.length + room);
        Arrays.fill(all, bytes.length, all.length, (byte) 'a');
        int[] places = new int[all.length];
        int found = 0;
        long capacity = 1;
        int end = bytes.length;
        for (int i = first; i < all.length && capacity < values; i++) {
            if (radix(all[i]) > 1) {
                places[found++] = i;
                capacity *= radix(all[i]);
                end = Math.max(end, i + 1);
            }
        }
        int[] counting = Arrays.copyOf(places, found);
        int from = found == 0 ? first : counting[found - 1] + 1;
        return new TextForm(Arrays.copyOf(all, end), counting, varying(all, from, bytes.length), capacity, 0);
    }

    /** @param by letters more on average, or fewer: what counts stays */
    TextForm longer(double by) {
        if (by >= 0) {
            return new TextForm(bytes, counting, filled, capacity, by);
        }
        int cut = (int) Math.ceil(-by);
        int least = counting.length == 0 ? bytes.length : counting[counting.length - 1] + 1;
        int end = Math.max(least, bytes.length - cut);
        while (end < bytes.length && end > least && (bytes[end] & 0xc0) == 0x80) {
            end--;
        }
        int length = end;
        return new TextForm(
                Arrays.copyOf(bytes, length),
                counting,
                Arrays.stream(filled).filter(place -> place < length).toArray(),
                capacity,
                bytes.length - length < cut ? 0 : cut + by);
    }

    /** Bytes on average. */
    double width() {
        return bytes.length + longer;
    }

    /**
     * Appends a text as a field.
     *
     * @param index of the value, below {@code values}
     * @param values how many there are, at most {@link #capacity}
     * @param bits random, the same whenever the value is the same
     */
    void write(long index, long values, long bits, byte[] before, byte[] after, CopyBuffer out) {
        int more = (int) longer;
        more += RowRandom.unit(RowRandom.mix(bits)) < longer - more ? 1 : 0;
        int start = out.field(before.length + bytes.length + more + after.length);
        byte[] target = out.array();
        System.arraycopy(before, 0, target, start, before.length);
        start += before.length;
        System.arraycopy(bytes, 0, target, start, bytes.length);
        long code = index * Math.max(1, capacity / Math.max(1, values));
        for (int i = counting.length - 1; i >= 0; i--) {
            byte pattern = bytes[counting[i]];
            int radix = radix(pattern);
            target[start + counting[i]] = (byte) (base(pattern) + code % radix);
            code /= radix;
        }
        fill(target, start, more, bits);
        System.arraycopy(after, 0, target, start + bytes.length + more, after.length);
    }

    private void fill(byte[] target, int start, int more, long seed) {
        long bits = seed;
        int left = 0;
        long state = seed;
        int end = filled.length + more;
        for (int i = 0; i < end; i++) {
            if (left == 0) {
                state = RowRandom.mix(state + 0x9e3779b97f4a7c15L);
                bits = state;
                left = 10;
            }
            byte pattern = i < filled.length ? bytes[filled[i]] : (byte) 'a';
            int place = i < filled.length ? filled[i] : bytes.length + i - filled.length;
            int drawn = (int) bits & 63;
            target[start + place] = switch (base(pattern)) {
                case '0' -> (byte) ('0' + drawn % 10);
                case 'A' -> (byte) (LETTERS[drawn] - 32);
                default -> LETTERS[drawn];
            };
            bits >>>= 6;
            left--;
        }
    }

    private static int[] varying(byte[] bytes, int from, int to) {
        int[] places = new int[bytes.length];
        int found = 0;
        for (int i = from; i < to; i++) {
            if (radix(bytes[i]) > 1) {
                places[found++] = i;
            }
        }
        return Arrays.copyOf(places, found);
    }

    private static int radix(byte character) {
        if (character >= '0' && character <= '9') {
            return 10;
        }
        boolean letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
        return letter ? 26 : 1;
    }

    private static char base(byte character) {
        if (character <= '9') {
            return '0';
        }
        return character <= 'Z' ? 'A' : 'a';
    }
}
