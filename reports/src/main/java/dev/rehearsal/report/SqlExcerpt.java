package dev.rehearsal.report;

import java.util.List;

/**
 * The text of a statement, the rest of a long one apart, so that a table of statements stays a table.
 *
 * @param rest empty if the text is not long
 * @param more lines of the rest
 */
public record SqlExcerpt(String head, String rest, int more) {
    private static final int LONG = 12;
    private static final int HEAD = 6;

    public static SqlExcerpt of(String sql) {
        List<String> lines = sql.lines().toList();
        return lines.size() <= LONG
                ? new SqlExcerpt(sql, "", 0)
                : new SqlExcerpt(
                        String.join("\n", lines.subList(0, HEAD)),
                        String.join("\n", lines.subList(HEAD, lines.size())),
                        lines.size() - HEAD);
    }
}
