package dev.rehearsal.measure;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a migration has set for its session, held against the sessions that a pooler has it served by. A session that was given the setting says so itself
 * ({@code pg_settings.source}); whether by this client or by another it cannot say. Not safe for use by several threads.
 */
final class SharedSettings {
    private static final Pattern SET = Pattern.compile(
            "set\\s+(?:session\\s+)?(?!session\\b|local\\b|transaction\\b|constraints\\b|role\\b)([a-z_][a-z0-9_.]*)\\s*(?:=|\\bto\\b).*",
            Pattern.DOTALL);
    private static final Pattern RESET = Pattern.compile("reset\\s+([a-z_][a-z0-9_.]*)\\s*;?\\s*");

    private static final String ASKED = """
            select name, current_setting(name), pg_backend_pid() from pg_catalog.pg_settings
            where name = any (?) and source <> 'session' order by name""";

    private final Set<String> set = new LinkedHashSet<>();
    private final List<LostSetting> lost = new ArrayList<>();

    /** To be told of every statement that the server has executed. */
    void executed(String sql) {
        String text = sql.strip().toLowerCase(Locale.ROOT);
        Matcher setting = SET.matcher(text);
        Matcher reset = RESET.matcher(text);
        if (setting.matches()) {
            set.add(setting.group(1));
        } else if (reset.matches()) {
            set.remove(reset.group(1));
            if (reset.group(1).equals("all")) {
                set.clear();
            }
        }
    }

    /** Asks the session that serves the client now for what was set before. */
    void compare(Connection client) throws SQLException {
        if (set.isEmpty()) {
            return;
        }
        try (PreparedStatement query = client.prepareStatement(ASKED)) {
            query.setArray(1, client.createArrayOf("text", set.toArray()));
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    lost.add(new LostSetting(rows.getString(1), rows.getString(2), rows.getInt(3)));
                }
            }
        }
    }

    List<LostSetting> takeLost() {
        List<LostSetting> taken = List.copyOf(lost);
        lost.clear();
        return taken;
    }
}
