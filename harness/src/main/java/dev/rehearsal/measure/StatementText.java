package dev.rehearsal.measure;

import java.util.Locale;
import java.util.Set;

/** What a statement's first word tells about it. */
final class StatementText {
    private static final Set<String> MAY_COMMIT = Set.of("do", "call");
    private static final Set<String> NO_DDL =
            Set.of("select", "insert", "update", "delete", "merge", "with", "values", "table", "execute");
    private static final Set<String> CONTROL = Set.of(
            "begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release", "set", "reset", "show");

    private StatementText() {}

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

    private static String firstWord(String sql) {
        String text = sql.strip();
        int end = 0;
        while (end < text.length() && Character.isLetter(text.charAt(end))) {
            end++;
        }
        return text.substring(0, end).toLowerCase(Locale.ROOT);
    }
}
