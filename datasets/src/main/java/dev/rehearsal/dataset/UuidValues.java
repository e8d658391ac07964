package dev.rehearsal.dataset;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * UUIDs as a histogram describes them, by their place in the order of all values. Immutable.
 *
 * <p>The first 64 bits lie between bounds, as those that begin with the time do; the others are random, but always the same for a value.
 */
final class UuidValues {
    private static final long VERSION = 0xf000L;
    private static final long RANDOM_VERSION = 0x4000L;

    private final long key;
    private final ValueStretches stretches;
    private final Part[] parts;

    private UuidValues(long key, ValueStretches stretches, Part[] parts) {
        this.key = key;
        this.stretches = stretches;
        this.parts = parts;
    }

    /** @param share of the rows that have a value */
    record Common(UUID value, double share) {
        private long first() {
            return value.getMostSignificantBits();
        }
    }

    /** @param ready the whole value; else it lies between {@code first} and {@code last} */
    private record Part(Optional<UUID> ready, long first, long last) {}

    /**
     * Lays the values out.
     *
     * @param count of the rows that have a value
     * @param bounds the first 64 bits, in order as unsigned numbers; empty: all of them
     * @param distinct of all values, the common ones among them
     */
    static UuidValues of(long key, long count, List<Long> bounds, List<Common> common, long distinct) {
        List<Common> sorted = common.stream()
                .sorted(Comparator.comparing(Common::first, Long::compareUnsigned))
                .toList();
        List<Long> ends = bounds.size() > 1 ? bounds : List.of(RANDOM_VERSION, (-1L & ~VERSION) | RANDOM_VERSION);
        double rest = Math.max(0, 1 - common.stream().mapToDouble(Common::share).sum());
        int between = rest * count < 0.5 && !sorted.isEmpty() ? 0 : ends.size() - 1;
        long others = Math.max(1, distinct - common.size());
        List<Part> parts = new ArrayList<>();
        List<ValueStretches.Stretch> stretches = new ArrayList<>();
        int next = 0;
        for (int i = 0; i <= between; i++) {
            boolean last = i == between;
            for (;
                    next < sorted.size()
                            && (last || Long.compareUnsigned(sorted.get(next).first(), ends.get(i + 1)) < 0);
                    next++) {
                parts.add(new Part(Optional.of(sorted.get(next).value()), 0, 0));
                stretches.add(new ValueStretches.Stretch(sorted.get(next).share(), 1));
            }
            if (!last) {
                parts.add(new Part(Optional.empty(), ends.get(i), ends.get(i + 1)));
                long more = i < others % between ? 1 : 0;
                stretches.add(new ValueStretches.Stretch(rest / between, Math.max(1, others / between + more)));
            }
        }
        return new UuidValues(key, new ValueStretches(count, stretches), parts.toArray(Part[]::new));
    }

    ValueStretches stretches() {
        return stretches;
    }

    /** @param position in the order of all values, from 0 */
    void write(long position, CopyBuffer out) {
        int stretch = stretches.stretch(position);
        Part part = parts[stretch];
        out.writeInt(16);
        if (part.ready().isPresent()) {
            out.writeLong(part.ready().get().getMostSignificantBits());
            out.writeLong(part.ready().get().getLeastSignificantBits());
            return;
        }
        long index = stretches.index(stretch, position);
        long step = Long.divideUnsigned(part.last() - part.first(), stretches.distinct(stretch));
        long bits = RowRandom.mix(key ^ RowRandom.mix(index + ((long) stretch << 48)));
        long within = step == 0 ? 0 : Math.unsignedMultiplyHigh(bits, step);
        out.writeLong(((part.first() + index * step + within) & ~VERSION) | (part.first() & VERSION));
        out.writeLong((RowRandom.mix(bits) & 0x3fffffffffffffffL) | 0x8000000000000000L);
    }
}
