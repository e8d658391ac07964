package dev.rehearsal.environment;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The settings of a server, in a file of its data directory that {@code postgresql.conf} ends by including. In a file and not on the command
 * line, because a migration may want {@code ALTER SYSTEM} and a reload to take effect as in production.
 */
final class ServerSettings {
    static final String FILE = "harness.conf";

    /** The time zone decides whether a change of a timestamp's type rewrites its table: the same everywhere. */
    static final Map<String, String> EVERYWHERE = Map.of("timezone", "UTC", "log_timezone", "UTC");

    private static final String INCLUDE = "include_if_exists = '" + FILE + "'";

    private ServerSettings() {}

    static void write(Path dataDirectory, Map<String, String> settings) throws IOException {
        Path main = dataDirectory.resolve("postgresql.conf");
        if (!Files.readString(main, StandardCharsets.UTF_8).lines().toList().contains(INCLUDE)) {
            Files.writeString(main, "\n" + INCLUDE + "\n", StandardOpenOption.APPEND);
        }
        StringBuilder text = new StringBuilder();
        new TreeMap<>(settings)
                .forEach((name, value) ->
                        text.append(name).append(" = ").append(quoted(value)).append('\n'));
        Files.writeString(dataDirectory.resolve(FILE), text);
    }

    /** Names of settings know no case: what comes later replaces what came earlier, however it is written. */
    @SafeVarargs
    static Map<String, String> merged(Map<String, String>... settings) {
        Map<String, String> merged = new TreeMap<>();
        for (Map<String, String> each : settings) {
            each.forEach((name, value) -> merged.put(name.toLowerCase(Locale.ROOT), value));
        }
        return merged;
    }

    private static String quoted(String value) {
        return "'" + value.replace("\\", "\\\\").replace("'", "''") + "'";
    }
}
