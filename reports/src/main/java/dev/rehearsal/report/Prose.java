package dev.rehearsal.report;

import java.util.ArrayList;
import java.util.List;

/**
 * A sentence in which code stands between backticks, as the verdict's sentences have it: {@code `alter table orders` held AccessExclusive}.
 *
 * @param parts in order; none is empty
 */
public record Prose(List<Part> parts) {
    public Prose {
        parts = List.copyOf(parts);
    }

    public record Part(String text, boolean code) {}

    /** A backtick without its partner is itself. */
    static Prose of(String sentence) {
        List<Part> parts = new ArrayList<>();
        int from = 0;
        while (true) {
            int opening = sentence.indexOf('`', from);
            int closing = opening < 0 ? -1 : sentence.indexOf('`', opening + 1);
            if (closing < 0) {
                add(parts, sentence.substring(from), false);
                return new Prose(parts);
            }
            add(parts, sentence.substring(from, opening), false);
            add(parts, sentence.substring(opening + 1, closing), true);
            from = closing + 1;
        }
    }

    private static void add(List<Part> parts, String text, boolean code) {
        if (!text.isEmpty()) {
            parts.add(new Part(text, code));
        }
    }
}
