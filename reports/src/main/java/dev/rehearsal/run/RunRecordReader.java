package dev.rehearsal.run;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;

/** Reads the files of a run. */
final class RunRecordReader {
    private RunRecordReader() {}

    static RunRecord read(RunDirectory directory) throws IOException {
        RunRecordFold fold = new RunRecordFold();
        readEvents(directory.events(), fold);
        return record(directory, fold);
    }

    private static RunRecord record(RunDirectory directory, RunRecordFold fold) throws IOException {
        Map<Integer, RunRecord> further = further(directory, fold.furtherDatabases());
        try {
            return fold.record(requests(directory.requests()), LedgerEntries.in(directory.ledger()), further);
        } catch (IllegalArgumentException e) {
            throw new IOException(directory.events() + ": " + e.getMessage(), e);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A run that ended early may not have begun with all of them. */
    private static Map<Integer, RunRecord> further(RunDirectory directory, int count) throws IOException {
        Map<Integer, RunRecord> runs = new TreeMap<>();
        for (int number = 2; number <= count + 1; number++) {
            RunDirectory own = directory.database(number);
            if (Files.exists(own.events())) {
                RunRecordFold fold = new RunRecordFold();
                readEvents(own.events(), fold);
                if (fold.begun()) {
                    runs.put(number, record(own, fold));
                }
            }
        }
        return runs;
    }

    /** A run that ended before its load began has no requests. */
    private static Requests requests(Path file) throws IOException {
        return Files.exists(file) && Files.size(file) > 0
                ? Requests.of(RequestLog.open(file))
                : Requests.of(List.of(), List.of());
    }

    private static void readEvents(Path file, RunRecordFold fold) throws IOException {
        boolean lastLineIsWhole = endsWithNewline(file);
        // Malformed characters are replaced, not refused: a killed run may end in the middle of one.
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8))) {
            int number = 1;
            String line = lines.readLine();
            while (line != null) {
                String next = lines.readLine();
                if (next == null && !lastLineIsWhole) {
                    // The run was killed while it wrote this one.
                    return;
                }
                if (!line.isBlank()) {
                    add(file, number, line, fold);
                }
                line = next;
                number++;
            }
        }
    }

    private static void add(Path file, int number, String line, RunRecordFold fold) throws IOException {
        try {
            // Runs that were recorded before secrets were hidden are rendered without them too.
            fold.add(EventFormat.event(Secrets.ofThisProcess().hiddenIn(line)));
        } catch (JacksonException e) {
            throw new IOException(file + ":" + number + ": this line is damaged: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IOException(file + ":" + number + ": " + e.getMessage(), e);
        }
    }

    private static boolean endsWithNewline(Path file) throws IOException {
        try (var channel = Files.newByteChannel(file)) {
            if (channel.size() == 0) {
                return true;
            }
            channel.position(channel.size() - 1);
            var last = java.nio.ByteBuffer.allocate(1);
            channel.read(last);
            return last.get(0) == '\n';
        }
    }
}
