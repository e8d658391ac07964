package dev.rehearsal.scenario.yaml;

import java.util.List;

/**
 * Finds the place in the file of a character of a decoded scalar, so that a server's complaint about character 57 of a statement can be
 * shown in the file.
 *
 * <p>Folding, chomping and indentation change only white space: every other character of the decoded text stands in the file in the same
 * order. So the n-th character that is not white space is the n-th in the file, once quotes and escapes are read. White space itself is
 * placed behind the character before it.
 */
public final class ScalarPositions {
    private final List<String> lines;
    private int line;
    private int index;
    private final Style style;

    private ScalarPositions(List<String> lines, int line, int index, Style style) {
        this.lines = lines;
        this.line = line;
        this.index = index;
        this.style = style;
    }

    private enum Style {
        AS_IT_IS,
        SINGLE_QUOTED,
        DOUBLE_QUOTED
    }

    /**
     * The place of {@code decoded.charAt(offset)} of a scalar that begins at {@code start} in {@code lines}.
     *
     * @param offset in UTF-16 units; the length of the text means its end
     */
    public static Position inScalar(List<String> lines, Position start, String decoded, int offset) {
        if (start.line() > lines.size()) {
            return start;
        }
        String first = lines.get(start.line() - 1);
        int index = first.offsetByCodePoints(0, Math.min(start.column() - 1, first.codePointCount(0, first.length())));
        char opening = index < first.length() ? first.charAt(index) : ' ';
        ScalarPositions positions = switch (opening) {
            case '|', '>' -> new ScalarPositions(lines, start.line(), 0, Style.AS_IT_IS);
            case '\'' -> new ScalarPositions(lines, start.line() - 1, index + 1, Style.SINGLE_QUOTED);
            case '"' -> new ScalarPositions(lines, start.line() - 1, index + 1, Style.DOUBLE_QUOTED);
            default -> new ScalarPositions(lines, start.line() - 1, index, Style.AS_IT_IS);
        };
        return positions.find(start, decoded, offset);
    }

    /** The place of {@code text.charAt(offset)} of a whole file. */
    public static Position inFile(List<String> lines, String source, String text, int offset) {
        return new ScalarPositions(lines, 0, 0, Style.AS_IT_IS).find(new Position(source, 1, 1), text, offset);
    }

    private Position find(Position start, String decoded, int offset) {
        int end = Math.min(offset, decoded.length());
        boolean onInk = end < decoded.length() && !isSpace(decoded.codePointAt(end));
        int inkBefore = (int)
                decoded.substring(0, end).codePoints().filter(c -> !isSpace(c)).count();
        int spacesBehind = 0;
        if (!onInk) {
            while (spacesBehind < end && decoded.charAt(end - 1 - spacesBehind) == ' ') {
                spacesBehind++;
            }
        }
        int wanted = onInk ? inkBefore : inkBefore - 1;
        if (wanted < 0) {
            return start;
        }
        for (int i = 0; i < wanted; i++) {
            if (!toInk()) {
                return start;
            }
            consume();
        }
        if (!toInk()) {
            return start;
        }
        int column = lines.get(line).codePointCount(0, index) + 1;
        return new Position(start.source(), line + 1, onInk ? column : column + 1 + spacesBehind);
    }

    /** Moves to the next character that decodes to something that is not white space. */
    private boolean toInk() {
        while (line < lines.size()) {
            String text = lines.get(line);
            if (index >= text.length()) {
                line++;
                index = 0;
            } else if (isSpace(text.codePointAt(index))) {
                index++;
            } else if (style == Style.DOUBLE_QUOTED && text.charAt(index) == '\\' && escapedSpace(text)) {
                index += 2;
            } else {
                return true;
            }
        }
        return false;
    }

    /** {@code \n} and its like, and the backslash that joins two lines. */
    private boolean escapedSpace(String text) {
        return index + 1 >= text.length() || "ntr \t".indexOf(text.charAt(index + 1)) >= 0;
    }

    private void consume() {
        String text = lines.get(line);
        char c = text.charAt(index);
        if (style == Style.SINGLE_QUOTED && c == '\'') {
            index += 2;
        } else if (style == Style.DOUBLE_QUOTED && c == '\\') {
            index += escapeLength(text.charAt(index + 1));
        } else {
            index += Character.charCount(text.codePointAt(index));
        }
    }

    private static int escapeLength(char kind) {
        return switch (kind) {
            case 'x' -> 4;
            case 'u' -> 6;
            case 'U' -> 10;
            default -> 2;
        };
    }

    private static boolean isSpace(int c) {
        return c == ' ' || c == '\t' || c == '\n' || c == '\r';
    }
}
