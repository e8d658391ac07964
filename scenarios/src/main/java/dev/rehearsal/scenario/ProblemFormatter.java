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
        boolean wide = codePoint >= 0x1100 && codePoint <= 0x115f
                || codePoint >= 0x2e80 && codePoint <= 0xa4cf && codePoint != 0x303f
                || codePoint >= 0xac00 && codePoint <= 0xd7a3
                || codePoint >= 0xf900 && codePoint <= 0xfaff
                || codePoint >= 0xfe30 && codePoint <= 0xfe6f
                || codePoint >= 0xff00 && codePoint <= 0xff60
                || codePoint >= 0xffe0 && codePoint <= 0xffe6
                || codePoint >= 0x1f300 && codePoint <= 0x1f64f
                || codePoint >= 0x1f680 && codePoint <= 0x1f6ff
                || codePoint >= 0x1f900 && codePoint <= 0x1faff
                || codePoint >= 0x20000 && codePoint <= 0x3fffd;
        return wide ? 2 : 1;
    }
}
