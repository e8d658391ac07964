package dev.rehearsal.environment;

import dev.rehearsal.dataset.DirectoryTree;
import dev.rehearsal.engine.LogFile;
import dev.rehearsal.engine.LogFormat;
import dev.rehearsal.engine.LogRecord;
import dev.rehearsal.engine.LogRecords;
import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.engine.UnreadableRecordException;
import dev.rehearsal.run.Secrets;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The server's log: records for the lock tracer while it runs, text for people afterwards. */
final class ServerLog {
    static final String DIRECTORY = "log";

    /** Of the server's own text, on lines of their own. */
    private record Further(String name, String text) {}

    private ServerLog() {}

    /** One file for the whole run, so that whoever follows it never has to look for the next. */
    static Map<String, String> settings(PostgresVersion version) {
        return ServerSettings.merged(version.logFormat().settings(), Map.of("log_directory", DIRECTORY));
    }

    static LogFile of(Path dataDirectory, PostgresVersion version) {
        LogFormat format = version.logFormat();
        return new LogFile(dataDirectory.resolve(DIRECTORY).resolve(format.fileName()), format);
    }

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
    static void writeText(Path dataDirectory, PostgresVersion version, Path target) throws IOException {
        try (BufferedWriter out = Files.newBufferedWriter(target)) {
            copyText(dataDirectory.resolve(StartedServer.START_LOG), out);
            copyRecords(of(dataDirectory, version), out);
        }
    }

    private static void copyText(Path log, BufferedWriter out) throws IOException {
        if (Files.isRegularFile(log)) {
            String text = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            out.write(hidden(text.isEmpty() || text.endsWith("\n") ? text : text + "\n"));
        }
    }

    private static void copyRecords(LogFile log, BufferedWriter out) throws IOException {
        if (!Files.isRegularFile(log.path())) {
            return;
        }
        StringBuilder text = new StringBuilder();
        LogRecords records = new LogRecords(log.format(), record -> text.append(hidden(textOf(log.format(), record))));
        try (InputStream in = Files.newInputStream(log.path())) {
            byte[] bytes = new byte[1 << 16];
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                records.add(ByteBuffer.wrap(bytes, 0, count));
                out.append(text);
                text.setLength(0);
            }
        }
        if (!records.rest().isEmpty()) {
            out.append(hidden(records.rest())).append('\n');
        }
    }

    private static String hidden(String text) {
        return Secrets.ofThisProcess().hiddenIn(text);
    }

    /** What cannot be read is shown as it is: it is for people. */
    private static String textOf(LogFormat format, String record) {
        LogRecord read;
        try {
            read = format.read(record);
        } catch (UnreadableRecordException e) {
            return record + "\n";
        }
        String prefix = LogFormat.timestamp(read.at()) + " [" + read.pid() + "] "
                + (read.applicationName().isEmpty() ? "" : read.applicationName() + " ");
        StringBuilder text = new StringBuilder(prefix)
                .append(read.severity())
                .append(": ")
                .append(read.state())
                .append(": ")
                .append(read.message())
                .append('\n');
        for (Further further : List.of(
                new Further("DETAIL", read.detail()),
                new Further("HINT", read.hint()),
                new Further("CONTEXT", read.context()),
                new Further("STATEMENT", read.statement()))) {
            if (!further.text.isEmpty()) {
                text.append(prefix)
                        .append(further.name)
                        .append(": ")
                        .append(further.text)
                        .append('\n');
            }
        }
        return text.toString();
    }
}
