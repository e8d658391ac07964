package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.Position;
import dev.rehearsal.scenario.yaml.ScalarPositions;
import java.util.List;

/**
 * A statement's place in the text that it was cut from.
 *
 * @param lines of the file that the text stands in
 * @param start of the scalar that holds the text; of a whole file, its first character
 * @param text decoded, all of it
 * @param offset of the statement in {@code text}, in UTF-16 units
 * @param wholeFile the text is a file's, not a scalar's
 */
public record SqlExcerpt(List<String> lines, SourceLocation start, String text, int offset, boolean wholeFile) {
    public SqlExcerpt {
        lines = List.copyOf(lines);
    }

    /** The place of one character of the statement. */
    public SourceLocation at(int characterOffset) {
        Position found = wholeFile
                ? ScalarPositions.inFile(lines, start.file(), text, offset + characterOffset)
                : ScalarPositions.inScalar(
                        lines,
                        new Position(start.file(), start.line(), start.column()),
                        text,
                        offset + characterOffset);
        return Value.location(found);
    }
}
