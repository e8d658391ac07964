package dev.rehearsal.run;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes secrets out of text before it is written into a run's directory, which people pass on: passwords in URLs, in connection strings and in SQL, and the values of
 * environment variables whose names say that they are secret.
 *
 * <p>What is written is text of other people's (SQL, messages, command lines), so that nothing here knows what is a secret; it is known by its surroundings. Safe for use by
 * several threads.
 */
public final class Secrets {
    private static final String HIDDEN = "***";

    /** Shorter values are words that occur in any text. */
    private static final int LEAST_CHARACTERS = 6;

    private static final Pattern NAMES = Pattern.compile(
            "PASSWORD|PASSWD|SECRET|TOKEN|CREDENTIAL|PRIVATE_?KEY|API_?KEY|ACCESS_?KEY", Pattern.CASE_INSENSITIVE);

    /** {@code postgresql://user:secret@host/db}. */
    private static final Pattern URL = Pattern.compile("(://[^\\s:/@\"'\\\\]*:)[^\\s@\"'\\\\]+(?=@)");

    /** {@code ?password=secret}, {@code PGPASSWORD=secret}, {@code host=h password=secret}. */
    private static final Pattern PARAMETER =
            Pattern.compile("(?i)(\\b\\w*(?:password|passwd|passphrase)(?:=|%3D))[^\\s&;,\"'\\\\)]+");

    /** The same in quotes, and {@code create role r password 'secret'}; within JSON a double quote has a backslash before it. */
    private static final Pattern QUOTED = Pattern.compile(
            "(?i)(\\b\\w*(?:password|passwd|passphrase)\\s*(?:=|:|\\s)\\s*e?)('|\\\\\")(?:(?!\\2).)+\\2");

    private static final Secrets OF_THIS_PROCESS = of(System.getenv());

    private final List<String> values;

    private Secrets(List<String> values) {
        this.values = values;
    }

    static Secrets of(Map<String, String> environment) {
        return new Secrets(environment.entrySet().stream()
                .filter(variable -> NAMES.matcher(variable.getKey()).find())
                .map(Map.Entry::getValue)
                .filter(value -> value.length() >= LEAST_CHARACTERS)
                .distinct()
                // One may be a part of another.
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList());
    }

    /** Those that this process's environment holds, and what can be told without it. */
    public static Secrets ofThisProcess() {
        return OF_THIS_PROCESS;
    }

    /** The same text, {@code ***} in the place of each secret; also of text that is JSON, which stays JSON. */
    public String hiddenIn(String text) {
        String hidden = text;
        for (String value : values) {
            hidden = hidden.replace(value, HIDDEN);
        }
        if (hidden.contains("://")) {
            hidden = URL.matcher(hidden).replaceAll("$1" + HIDDEN);
        }
        if (mayName(hidden)) {
            hidden = QUOTED.matcher(hidden).replaceAll("$1$2" + HIDDEN + "$2");
            hidden = PARAMETER.matcher(hidden).replaceAll("$1" + HIDDEN);
        }
        return hidden;
    }

    /** Most lines hold none of it, and there are many of them. */
    private static boolean mayName(String text) {
        for (String part : List.of("asswd", "ASSWD", "assphrase", "ASSPHRASE", "assword", "ASSWORD")) {
            if (text.contains(part)) {
                return true;
            }
        }
        return false;
    }
}
