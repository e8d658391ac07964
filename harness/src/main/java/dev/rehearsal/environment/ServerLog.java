package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** The server's log: JSON for the lock tracer while it runs, text for people afterwards. */
final class ServerLog {
    static final String DIRECTORY = "log";
    static final String JSON_FILE = "server.json";

    /** One file for the whole run, so that whoever follows it never has to look for the next. */
    static final Map<String, String> SETTINGS = Map.of(
            "logging_collector", "on",
            "log_destination", "jsonlog",
            "log_directory", DIRECTORY,
            "log_filename", "server.log",
            "log_rotation_age", "0",
            "log_rotation_size", "0");

    private static final ObjectMapper JSON = new ObjectMapper();
    /** Fields of jsonlog that PostgreSQL's own text shows on lines of their own. */
    private static final List<String> FURTHER = List.of("detail", "hint", "context", "statement");

    private ServerLog() {}

    /** Forgets what an earlier server over the same data has logged. */
    static void clear(Path dataDirectory) throws IOException {
        DirectoryTree.delete(dataDirectory.resolve(DIRECTORY));
    }

    /**
     * Writes the log as PostgreSQL would have written it as text.
     *
     * <pre>
     * 2026-11-22 10:15:02.123 UTC [4711] harness-migration LOG: 00000: process 4711 still waiting for …
     * 2026-11-22 10:15:02.123 UTC [4711] harness-migration STATEMENT: alter table …
     * </pre>
     */
    static void writeText(Path dataDirectory, Path target) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(target)) {
            copyLines(dataDirectory.resolve(StartedServer.START_LOG), out, false);
            copyLines(dataDirectory.resolve(DIRECTORY).resolve(JSON_FILE), out, true);
        }
    }

    private static void copyLines(Path log, BufferedWriter out, boolean json) throws IOException {
        if (!Files.isRegularFile(log)) {
            return;
        }
        // A statement that was cut off in the middle of a character must not end the copy: Latin-1 knows no wrong
        // bytes.
        try (BufferedReader in = Files.newBufferedReader(log, StandardCharsets.ISO_8859_1)) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String text = new String(line.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
                out.write(json ? textOf(text) : text + "\n");
            }
        }
    }

    private static String textOf(String line) {
        JsonNode entry;
        try {
            entry = JSON.readTree(line);
        } catch (JacksonException e) {
            return line + "\n";
        }
        String application = field(entry, "application_name");
        String prefix = field(entry, "timestamp") + " [" + entry.path("pid").asString("") + "] "
                + (application.isEmpty() ? "" : application + " ");
        StringBuilder text = new StringBuilder(prefix)
                .append(field(entry, "error_severity"))
                .append(": ")
                .append(field(entry, "state_code"))
                .append(": ")
                .append(field(entry, "message"))
                .append('\n');
        for (String name : FURTHER) {
            String value = field(entry, name);
            if (!value.isEmpty()) {
                text.append(prefix)
                        .append(name.toUpperCase(java.util.Locale.ROOT))
                        .append(": ")
                        .append(value)
                        .append('\n');
            }
        }
        return text.toString();
    }

    private static String field(JsonNode entry, String name) {
        return entry.path(name).asString("");
    }
}
