package dev.rehearsal.scenario;

/**
 * A place in a text file of the user's.
 *
 * @param file as the user would write it (relative to the working directory where that is shorter)
 * @param line from 1
 * @param column from 1, in code points
 */
public record SourceLocation(String file, int line, int column) {
    @Override
    public String toString() {
        return file + ":" + line + ":" + column;
    }
}
