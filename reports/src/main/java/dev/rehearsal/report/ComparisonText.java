package dev.rehearsal.report;

import dev.rehearsal.compare.Comparison;
import dev.rehearsal.report.ComparisonRows.Cell;
import dev.rehearsal.report.ComparisonRows.Row;
import dev.rehearsal.report.ComparisonRows.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A comparison for a terminal and as Markdown:
 *
 * <pre>
 * phased is the better one: response p99 of read-order during the migration was 44 ms in phased instead of 2.00 s in direct, 45 times shorter (20 to 90), …
 * direct failed, phased passed.
 *
 *   Response times                  direct                              phased
 *     migration: read-order p99     2.00 s  1.2 s to 2.9 s              44 ms  30 ms to 61 ms, × 0.02 (0.01 to 0.05)  better
 * </pre>
 */
public final class ComparisonText {
    private static final int WIDEST = 60;

    private ComparisonText() {}

    public static String forTerminal(Comparison comparison, boolean coloured) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < comparison.sentences().size(); i++) {
            String sentence = PlainText.forTerminal(comparison.sentences().get(i));
            text.append(coloured && i == 0 ? "\u001b[1m" + sentence + "\u001b[0m" : sentence)
                    .append('\n');
        }
        int left = 0;
        for (Table table : ComparisonRows.of(comparison)) {
            Table glance = table.forAGlance();
            left += table.rows().size() - glance.rows().size();
            table(text, glance);
        }
        if (left > 0) {
            text.append("\n  and ")
                    .append(left)
                    .append(" rows more that tell no difference; all of them with --out DIR\n");
        }
        return text.toString();
    }

    static void table(StringBuilder text, Table table) {
        List<List<String>> lines = new ArrayList<>();
        List<String> header = new ArrayList<>(table.columns());
        header.set(0, table.heading());
        lines.add(header.stream().map(ComparisonText::cut).toList());
        for (Row row : table.rows()) {
            List<String> line = new ArrayList<>(List.of("  " + cut(row.name())));
            row.cells().forEach(cell -> line.add(cut(words(cell))));
            lines.add(line);
        }
        int[] widths = new int[table.columns().size()];
        lines.forEach(line -> {
            for (int i = 0; i < line.size(); i++) {
                widths[i] = Math.max(widths[i], line.get(i).length());
            }
        });
        text.append('\n');
        for (List<String> line : lines) {
            StringBuilder row = new StringBuilder("  ");
            for (int i = 0; i < line.size(); i++) {
                row.append(line.get(i))
                        .append(" ".repeat(widths[i] - line.get(i).length() + 3));
            }
            text.append(row.toString().stripTrailing()).append('\n');
        }
    }

    private static String words(Cell cell) {
        String said = cell.mark().isEmpty() || cell.mark().equals(cell.text()) ? "" : "  " + cell.mark();
        return cell.text() + (cell.detail().isEmpty() ? "" : "  " + cell.detail()) + said;
    }

    private static String cut(String text) {
        String safe = PlainText.forTerminal(text);
        return safe.length() <= WIDEST ? safe : safe.substring(0, WIDEST - 1) + "…";
    }

    public static String forMarkdown(Comparison comparison) {
        StringBuilder text = new StringBuilder("## Comparison of "
                + comparison.sides().stream()
                        .map(side -> PlainText.forMarkdown(side.label()))
                        .collect(Collectors.joining(", "))
                + "\n\n");
        for (int i = 0; i < comparison.sentences().size(); i++) {
            String sentence = PlainText.forMarkdown(comparison.sentences().get(i));
            text.append(i == 0 ? "**" + sentence + "**" : sentence).append("\n");
        }
        for (Table table : ComparisonRows.of(comparison)) {
            text.append("\n### ").append(table.heading()).append("\n\n");
            if (!table.hint().isEmpty()) {
                text.append(table.hint()).append("\n\n");
            }
            row(text, table.columns());
            text.append("|---".repeat(table.columns().size())).append("|\n");
            for (Row row : table.rows()) {
                List<String> cells = new ArrayList<>(List.of(row.name()));
                row.cells().forEach(cell -> cells.add(words(cell)));
                row(text, cells);
            }
        }
        return text.toString();
    }

    private static void row(StringBuilder text, List<String> cells) {
        cells.forEach(
                cell -> text.append("| ").append(PlainText.forMarkdown(cell)).append(' '));
        text.append("|\n");
    }
}
