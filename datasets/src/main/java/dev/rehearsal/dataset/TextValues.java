package dev.rehearsal.dataset;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Texts as a histogram describes them, by their place in the order of all values. Immutable.
 *
 * <p>Between two bounds, texts have the form of the lower one, and what tells that from its neighbours stays. So no text of one stretch is
 * one of another's, and they all lie in order.
 */
final class TextValues {
    private final long key;
    private final ValueStretches stretches;
    private final TextForm[] forms;
    private final boolean complete;

    private TextValues(long key, ValueStretches stretches, TextForm[] forms, boolean complete) {
        this.key = key;
        this.stretches = stretches;
        this.forms = forms;
        this.complete = complete;
    }

    /** @param share of the rows that have a value */
    record Common(String value, double share) {}

    /** @param distinct as many values as it has to have */
    private record Draft(String text, TextForm form, long distinct) {}

    /**
     * Lays the values out.
     *
     * @param count of the rows that have a value
     * @param bounds in any order; empty: texts of {@code width} letters
     * @param distinct of all values, the common ones among them
     * @param width average bytes of all values; below 0: as the bounds have it
     * @param longest in characters
     */
    static TextValues of(
            long key, long count, List<String> bounds, List<Common> common, long distinct, double width, int longest) {
        List<Common> sorted =
                common.stream().sorted(Comparator.comparing(Common::value)).toList();
        double rest = Math.max(0, 1 - common.stream().mapToDouble(Common::share).sum());
        List<Draft> drafts = rest * count < 0.5 && !sorted.isEmpty()
                ? List.of()
                : drafts(bounds.stream().sorted().distinct().toList(), distinct - common.size(), longest);
        double longer = width < 0 ? 0 : longer(drafts, sorted, rest, width);
        long[] values = drafts.stream()
                .mapToLong(draft -> Math.min(draft.distinct(), draft.form().capacity()))
                .toArray();
        double[] shares = new double[values.length];
        Arrays.fill(shares, rest / Math.max(1, values.length));
        double[] rows = HistogramShares.ofRows(shares, values, rest, count);
        List<TextForm> forms = new ArrayList<>();
        List<ValueStretches.Stretch> stretches = new ArrayList<>();
        int next = 0;
        for (int i = 0; i <= drafts.size(); i++) {
            boolean last = i == drafts.size();
            for (; next < sorted.size() && (last || before(sorted.get(next), drafts.get(i))); next++) {
                forms.add(TextForm.fixed(sorted.get(next).value()));
                stretches.add(new ValueStretches.Stretch(sorted.get(next).share(), 1));
            }
            if (!last) {
                forms.add(drafts.get(i).form().longer(longer));
                stretches.add(new ValueStretches.Stretch(rows[i], values[i]));
            }
        }
        boolean complete = drafts.stream()
                .allMatch(draft -> draft.distinct() <= draft.form().capacity());
        return new TextValues(key, new ValueStretches(count, stretches), forms.toArray(TextForm[]::new), complete);
    }

    private static boolean before(Common common, Draft draft) {
        return common.value().compareTo(draft.text()) < 0;
    }

    private static List<Draft> drafts(List<String> bounds, long distinct, int longest) {
        long others = Math.max(1, distinct);
        List<Draft> drafts = new ArrayList<>();
        if (bounds.isEmpty()) {
            drafts.add(new Draft("", TextForm.like("", 0, others, longest), others));
        } else if (others <= bounds.size()) {
            for (int i = 0; i < others; i++) {
                String text = bounds.get((int) (i * (long) bounds.size() / others));
                drafts.add(new Draft(text, TextForm.fixed(text), 1));
            }
        } else {
            // The greatest bound ends the last stretch and begins none.
            int count = Math.max(1, bounds.size() - 1);
            long[] capacities = new long[count];
            for (int i = 0; i < count; i++) {
                capacities[i] = TextForm.like(bounds.get(i), kept(bounds, i), others, longest)
                        .capacity();
            }
            long[] values = new long[count];
            double[] shares = new double[count];
            Arrays.fill(shares, 1);
            long missing = HistogramShares.distribute(others, shares, capacities, values);
            values[count - 1] += missing;
            for (int i = 0; i < count; i++) {
                long needed = Math.max(1, values[i]);
                TextForm form = TextForm.like(bounds.get(i), kept(bounds, i), needed, longest);
                drafts.add(new Draft(bounds.get(i), form, needed));
            }
        }
        return drafts;
    }

    /** Characters of a bound that no other begins with. */
    private static int kept(List<String> bounds, int index) {
        String text = bounds.get(index);
        int shared = index == 0 ? 0 : shared(text, bounds.get(index - 1));
        shared = index == bounds.size() - 1 ? shared : Math.max(shared, shared(text, bounds.get(index + 1)));
        int kept = Math.min(text.length(), shared + 1);
        return kept < text.length() && Character.isLowSurrogate(text.charAt(kept)) ? kept + 1 : kept;
    }

    private static int shared(String one, String other) {
        int length = 0;
        while (length < one.length() && length < other.length() && one.charAt(length) == other.charAt(length)) {
            length++;
        }
        return length;
    }

    private static double longer(List<Draft> drafts, List<Common> common, double rest, double width) {
        double ofCommon = common.stream()
                .mapToDouble(
                        value -> value.share() * TextForm.fixed(value.value()).width())
                .sum();
        double ofDrafts = drafts.stream()
                .mapToDouble(draft -> draft.form().width())
                .average()
                .orElse(0);
        return rest <= 0 ? 0 : (width - ofCommon) / rest - ofDrafts;
    }

    /** Whether there are as many different values as wanted. */
    boolean complete() {
        return complete;
    }

    ValueStretches stretches() {
        return stretches;
    }

    /** @param position in the order of all values, from 0 */
    void write(long position, byte[] before, byte[] after, CopyBuffer out) {
        int stretch = stretches.stretch(position);
        long index = stretches.index(stretch, position);
        long bits = RowRandom.mix(key ^ RowRandom.mix(index + ((long) stretch << 48)));
        forms[stretch].write(index, stretches.distinct(stretch), bits, before, after, out);
    }
}
