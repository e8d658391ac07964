package dev.rehearsal.scenario.yaml;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes what {@link YamlParser} reads: maps and lists in block style, their innermost in flow style where they fit on a line, texts of
 * several lines as literal blocks.
 */
public final class YamlWriter {
    private static final int WIDTH = 110;

    private final StringBuilder out = new StringBuilder();

    private YamlWriter() {}

    /**
     * A scalar that is written as it is, such as a number.
     *
     * @param text without anything that would need quotes
     */
    public record Plain(String text) {}

    /**
     * A list of scalars that is written in as few lines as it takes, not one a line.
     *
     * @param items texts and {@link Plain} scalars
     */
    public record Wrapped(List<?> items) {
        public Wrapped {
            items = List.copyOf(items);
        }
    }

    /** Writes a map whose values are maps, lists, texts and {@link Plain} scalars. */
    public static String write(Map<String, ?> root) {
        YamlWriter writer = new YamlWriter();
        root.forEach((key, value) -> writer.entry(0, key, value));
        return writer.out.toString();
    }

    private void entry(int indent, String key, Object value) {
        out.append(" ".repeat(indent)).append(text(key)).append(':');
        value(indent, value);
    }

    /** Behind a colon or a dash. */
    private void value(int indent, Object value) {
        if (isFlat(value) && flow(value).length() + indent < WIDTH) {
            out.append(' ').append(flow(value)).append('\n');
            return;
        }
        switch (value) {
            case Map<?, ?> map -> {
                out.append('\n');
                map.forEach((key, inner) -> entry(indent + 2, (String) key, inner));
            }
            case List<?> list -> {
                out.append('\n');
                list.forEach(item -> item(indent + 2, item));
            }
            case Wrapped wrapped -> wrapped(indent + 2, wrapped.items());
            default -> block(indent + 2, (String) value);
        }
    }

    private void item(int indent, Object item) {
        if (item instanceof Map<?, ?> map && !(isFlat(map) && flow(map).length() + indent < WIDTH)) {
            int before = out.length();
            map.forEach((key, value) -> entry(indent + 2, (String) key, value));
            out.setCharAt(before + indent, '-');
            return;
        }
        out.append(" ".repeat(indent)).append('-');
        value(indent, item);
    }

    private void wrapped(int indent, List<?> items) {
        String margin = " ".repeat(indent);
        StringBuilder line = new StringBuilder(" [");
        for (int i = 0; i < items.size(); i++) {
            String item = flow(items.get(i)) + (i + 1 < items.size() ? "," : "]");
            if (line.length() + 1 + item.length() > WIDTH && !line.toString().isBlank()) {
                out.append(line).append('\n');
                line = new StringBuilder(margin).append(item);
            } else {
                line.append(line.charAt(line.length() - 1) == '[' ? "" : " ").append(item);
            }
        }
        out.append(line).append('\n');
    }

    private void block(int indent, String text) {
        if (!isBlock(text)) {
            out.append(' ').append(flow(text)).append('\n');
            return;
        }
        out.append(" |-\n");
        text.lines()
                .forEach(line -> out.append(line.isEmpty() ? "" : " ".repeat(indent))
                        .append(line)
                        .append('\n'));
    }

    /** What a literal block gives back unchanged: it drops the last line break, and guesses the indentation from the first line. */
    private static boolean isBlock(String text) {
        return text.contains("\n")
                && !text.contains("\r")
                && !text.startsWith(" ")
                && !text.startsWith("\n")
                && !text.startsWith("\t")
                && !text.endsWith("\n")
                && text.chars().noneMatch(c -> isControl(c) && c != '\n' && c != '\t');
    }

    private static boolean isFlat(Object value) {
        return switch (value) {
            case Map<?, ?> map -> map.values().stream().allMatch(YamlWriter::isFlat);
            case List<?> list -> list.stream().allMatch(item -> !(item instanceof Map) && isFlat(item));
            case Wrapped wrapped -> isFlat(wrapped.items());
            case String text -> !isBlock(text);
            default -> true;
        };
    }

    private static String flow(Object value) {
        return switch (value) {
            case Map<?, ?> map ->
                map.isEmpty()
                        ? "{}"
                        : map.entrySet().stream()
                                .map(entry -> text((String) entry.getKey()) + ": " + flow(entry.getValue()))
                                .collect(Collectors.joining(", ", "{ ", " }"));
            case List<?> list -> list.stream().map(YamlWriter::flow).collect(Collectors.joining(", ", "[", "]"));
            case Wrapped wrapped -> flow(wrapped.items());
            case Plain plain -> plain.text();
            default -> text((String) value);
        };
    }

    /** Plain where no reader of YAML, old or new, could take it for something else. */
    private static String text(String text) {
        boolean plain = text.matches("[A-Za-z_][A-Za-z0-9_./-]*( [A-Za-z0-9_./-]+)*") && !text.matches(WORDS);
        boolean quantity = text.matches("[0-9]+(\\.[0-9]+)?(us|ms|s|m|h|x|%|/s|KB/s)");
        return plain || quantity || text.matches("\\.\\.?/[A-Za-z0-9_./-]+") ? text : quoted(text);
    }

    private static final String WORDS = "(?i)null|true|false|yes|no|on|off|y|n";

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().forEach(c -> {
            switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                    if (isControl(c)) {
                        quoted.append("\\u%04x".formatted(c));
                    } else {
                        quoted.appendCodePoint(c);
                    }
                }
            }
        });
        return quoted.append('"').toString();
    }

    private static boolean isControl(int c) {
        return c < ' ' || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || c == 0xfeff;
    }
}
