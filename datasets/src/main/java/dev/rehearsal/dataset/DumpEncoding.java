package dev.rehearsal.dataset;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The encoding of a dump, which it says itself. The driver speaks UTF-8 alone, so statements are decoded here; rows are left as they are, and COPY is told.
 *
 * @param name as PostgreSQL has it
 */
record DumpEncoding(String name, Charset charset) {
    static final DumpEncoding UTF8 = new DumpEncoding("UTF8", StandardCharsets.UTF_8);

    /** PostgreSQL's numbering of the Latin alphabets is not ISO's. */
    private static final Map<String, String> LATIN = Map.of(
            "LATIN5", "ISO-8859-9",
            "LATIN6", "ISO-8859-10",
            "LATIN7", "ISO-8859-13",
            "LATIN8", "ISO-8859-14",
            "LATIN9", "ISO-8859-15",
            "LATIN10", "ISO-8859-16");

    private static final Map<String, String> OTHERS =
            Map.of("KOI8R", "KOI8-R", "KOI8U", "KOI8-U", "EUC_CN", "GB2312", "EUC_JP", "EUC-JP", "EUC_KR", "EUC-KR");

    private static final Pattern SET =
            Pattern.compile("(?is)set\\s+(?:session\\s+)?client_encoding\\s*(?:=|\\bto\\b)\\s*'?([\\w-]+)'?\\s*");
    private static final Pattern NUMBERED = Pattern.compile("(LATIN[1-4]|ISO_8859_[5-8]|WIN125[0-8])");

    /** The name that a statement sets; empty if it is another statement. */
    static Optional<String> set(String sql) {
        Matcher matcher = SET.matcher(sql);
        return matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    /** Empty for one that no server can have as its own, or Java does not know. */
    static Optional<DumpEncoding> named(String written) {
        String name = written.toUpperCase(Locale.ROOT);
        // No encoding at all: taken for UTF-8, and refused by the server where it is not.
        if (name.equals("UTF8") || name.equals("UTF-8") || name.equals("UNICODE") || name.equals("SQL_ASCII")) {
            return Optional.of(UTF8);
        }
        String java = LATIN.getOrDefault(name, OTHERS.getOrDefault(name, ""));
        if (java.isEmpty() && NUMBERED.matcher(name).matches()) {
            java = name.replace("LATIN", "ISO-8859-")
                    .replace("ISO_8859_", "ISO-8859-")
                    .replace("WIN", "windows-");
        }
        return java.isEmpty() || !Charset.isSupported(java)
                ? Optional.empty()
                : Optional.of(new DumpEncoding(name, Charset.forName(java)));
    }

    String decode(ByteBuffer bytes) throws CharacterCodingException {
        return charset.newDecoder().decode(bytes.duplicate()).toString();
    }

    /** What a {@code copy … from stdin} needs so that the server reads rows of this encoding. */
    String copyStatement(String copy) {
        if (this.equals(UTF8)) {
            return copy;
        }
        int closing = copy.lastIndexOf(')');
        boolean options = copy.matches("(?is).*\\bfrom\\s+stdin\\s*(with\\s*)?\\(.*\\)\\s*");
        return options
                ? copy.substring(0, closing) + ", encoding '" + name + "')"
                : copy + " with (encoding '" + name + "')";
    }
}
