package dev.rehearsal.measure;

import dev.rehearsal.scenario.sql.SqlScript;
import dev.rehearsal.scenario.sql.StatementKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What a statement's first word tells about it. */
final class StatementText {
    private static final Set<String> MAY_COMMIT = Set.of("do", "call");
    private static final Set<String> NO_DDL =
            Set.of("select", "insert", "update", "delete", "merge", "with", "values", "table", "execute");
    private static final Set<String> CONTROL = Set.of(
            "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "set", "reset", "show");

    private static final String REWRITTEN = "relation rewritten";
    private static final Map<Pattern, String> REASONS = new LinkedHashMap<>();

    static {
        REASONS.put(word("set\\s+(un)?logged"), "persistence");
        REASONS.put(
                word("add\\s+(column\\s+)?(if\\s+not\\s+exists\\s+)?\\S+.*\\b(default|generated|(big|small)?serial)"),
                "column default");
        REASONS.put(word("alter\\s+(column\\s+)?\\S+\\s+(set\\s+data\\s+)?type"), "column type");
        REASONS.put(word("set\\s+access\\s+method"), "access method");
    }

    private StatementText() {}

    private static Pattern word(String words) {
        return Pattern.compile("\\b" + words + "\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);
    }

    /** Its text can end transactions inside it. */
    static boolean mayCommit(String sql) {
        return MAY_COMMIT.contains(firstWord(sql));
    }

    /** No {@code ddl_command_end} trigger will tell what it has read. */
    static boolean isNotDdl(String sql) {
        return NO_DDL.contains(firstWord(sql));
    }

    /** Transaction control and settings: writes nothing worth counting itself. */
    static boolean isControl(String sql) {
        return CONTROL.contains(firstWord(sql));
    }

    /** Gives a table a new file without writing its rows again. */
    static boolean empties(String sql) {
        return firstWord(sql).equals("truncate");
    }

    /** Why the statement has rewritten a table, as far as its text tells: in the words of the event trigger, else that it has. */
    static String rewriteReason(String sql) {
        if (!firstWord(sql).equals("alter")) {
            return REWRITTEN;
        }
        List<String> reasons = new ArrayList<>();
        REASONS.forEach((pattern, reason) -> {
            if (pattern.matcher(sql).find()) {
                reasons.add(reason);
            }
        });
        return reasons.size() == 1 ? reasons.getFirst() : REWRITTEN;
    }

    /** Some statement of a text is neither control nor one of rows. */
    static boolean mayChangeTheSchema(String text) {
        return parts(text).anyMatch(sql -> !isNotDdl(sql) && !isControl(sql));
    }

    /** Some statement of a text tells why it would rewrite a table. */
    static boolean tellsWhyItRewrites(String text) {
        return parts(text).anyMatch(sql -> !rewriteReason(sql).equals(REWRITTEN));
    }

    private static Stream<String> parts(String text) {
        return SqlScript.split(text).statements().stream().map(SqlScript.Statement::text);
    }

    /** Control, or a question; not of several statements in one text. */
    static boolean changesNothing(String sql) {
        return parts(sql)
                .allMatch(text -> isControl(text) || !StatementKind.of(text).writes());
    }

    private static String firstWord(String sql) {
        String text = sql.strip();
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end).toLowerCase(Locale.ROOT);
    }
}
