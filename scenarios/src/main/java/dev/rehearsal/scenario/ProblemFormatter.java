package dev.rehearsal.scenario;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Draws problems for a reader at a terminal:
 *
 * <pre>
 * scenario.yaml:14:13: workload.services[0].rate: must be positive, got -5; write arrivals per second, e.g. 200/s
 *       rate: -5
 *             ^
 * </pre>
 */
public final class ProblemFormatter {
    /** Terminal columns of source text shown of a long line. */
    static final int WIDTH = 120;

    private static final String CUT = "…";

    /** The blocks that terminals draw two columns wide, by Unicode's East Asian Width (UAX #11), unassigned gaps included. */
    private static final List<Range> WIDE = List.of(
            new Range(0x1100, 0x115f),
            new Range(0x2e80, 0x303e),
            new Range(0x3041, 0xa4cf),
            new Range(0xac00, 0xd7a3),
            new Range(0xf900, 0xfaff),
            new Range(0xfe30, 0xfe6f),
            new Range(0xff00, 0xff60),
            new Range(0xffe0, 0xffe6),
            new Range(0x1f300, 0x1f64f),
            new Range(0x1f680, 0x1f6ff),
            new Range(0x1f900, 0x1faff),
            new Range(0x20000, 0x3fffd));

    private record Range(int first, int last) {}

    private ProblemFormatter() {}

    /** All of them, each ending in a line break. */
    public static String format(List<Problem> problems) {
        return problems.stream().map(ProblemFormatter::format).collect(Collectors.joining());
    }

    /** One to three lines, each ending in a line break: the source and its caret are left out where there is no source. */
    public static String format(Problem problem) {
        String path = problem.path().isEmpty() ? "" : problem.path() + ": ";
        String headline = problem.location() + ": " + path + problem.message() + "\n";
        if (problem.sourceLine().isBlank()) {
            return headline;
        }
        return headline + excerpt(problem.sourceLine(), problem.location().column());
    }

    private static String excerpt(String line, int column) {
        int[] text = line.codePoints().toArray();
        int caret = Math.clamp(column - 1L, 0, text.length);
        int from = 0;
        int to = text.length;
        if (width(text, 0, text.length) > WIDTH) {
            from = caret;
            while (from > 0 && width(text, from - 1, caret) <= WIDTH / 2) {
                from--;
            }
            to = caret;
            while (to < text.length && width(text, from, to + 1) <= WIDTH) {
                to++;
            }
        }
        StringBuilder source = new StringBuilder();
        StringBuilder pointer = new StringBuilder();
        if (from > 0) {
            source.append(CUT);
            pointer.append(' ');
        }
        for (int i = from; i < to; i++) {
            source.append(visible(text[i]));
            if (i < caret) {
                pointer.append(text[i] == '\t' ? "\t" : " ".repeat(width(text[i])));
            }
        }
        if (to < text.length) {
            source.append(CUT);
        }
        return source.append('\n').append(pointer).append("^\n").toString();
    }

    /** A control character would move the terminal's cursor, or worse. */
    private static String visible(int codePoint) {
        if (codePoint != '\t' && Character.isISOControl(codePoint)) {
            return "\ufffd";
        }
        return Character.toString(codePoint);
    }

    private static int width(int[] text, int from, int to) {
        int width = 0;
        for (int i = from; i < to; i++) {
            width += text[i] == '\t' ? 8 : width(text[i]);
        }
        return width;
    }

    /** Columns on a terminal: none for combining marks, two for East Asian wide characters and emoji. */
    private static int width(int codePoint) {
        int type = Character.getType(codePoint);
        if (type == Character.NON_SPACING_MARK || type == Character.ENCLOSING_MARK || type == Character.FORMAT) {
            return 0;
        }
        boolean wide = WIDE.stream().anyMatch(range -> codePoint >= range.first() && codePoint <= range.last());
        return wide ? 2 : 1;
    }
}
