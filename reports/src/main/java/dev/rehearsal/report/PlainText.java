package dev.rehearsal.report;

/** Text of other people's (SQL, server messages, names) made harmless for where it is shown. */
final class PlainText {
    private PlainText() {}

    /** For a terminal, on one line: control characters, and those that turn the direction of writing, become visible. */
    static String forTerminal(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            if (c == '\n' || c == '\t' || c == '\r') {
                safe.append(' ');
            } else if (Character.isISOControl(c) || isFormatting(c)) {
                safe.append(String.format("\\u%04x", c));
            } else {
                safe.appendCodePoint(c);
            }
        });
        return safe.toString();
    }

    private static boolean isFormatting(int c) {
        return Character.getType(c) == Character.FORMAT
                || c == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.LINE_SEPARATOR
                || Character.getType(c) == Character.PARAGRAPH_SEPARATOR
                || Character.getType(c) == Character.SURROGATE;
    }

    /** For Markdown, on one line: nothing in it is emphasis, code, a link, HTML, a heading or a table's border. */
    static String forMarkdown(String text) {
        return forTerminal(text).replace("&", "&amp;").replaceAll("([\\\\`*_\\[\\]<>|~#])", "\\\\$1");
    }

    /**
     * For a message of SARIF, on one line: there {@code [text](target)} is a link and {@code {0}} a placeholder (SARIF 2.1.0, 3.11.5 and 3.11.6).
     */
    static String forSarif(String text) {
        return forTerminal(text)
                .replace("\\", "\\\\")
                .replace("[", "\\[")
                .replace("]", "\\]")
                .replace("{", "{{")
                .replace("}", "}}");
    }

    /** For XML 1.0, in text and in attributes: characters that it cannot hold become visible. */
    static String forXml(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(c -> {
            switch (c) {
                case '&' -> safe.append("&amp;");
                case '<' -> safe.append("&lt;");
                case '>' -> safe.append("&gt;");
                case '"' -> safe.append("&quot;");
                case '\'' -> safe.append("&apos;");
                case '\n' -> safe.append("&#10;");
                case '\t' -> safe.append("&#9;");
                default -> {
                    if (Character.isISOControl(c) || (c >= 0xd800 && c <= 0xdfff) || c == 0xfffe || c == 0xffff) {
                        safe.append(String.format("\\u%04x", c));
                    } else {
                        safe.appendCodePoint(c);
                    }
                }
            }
        });
        return safe.toString();
    }
}
