package dev.rehearsal.report;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunRecord;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramLogWriter;
import org.HdrHistogram.PackedHistogram;

/**
 * {@code latency.hlog}: response times in HdrHistogram's log format, which its own tools and plotters read: one histogram of nanoseconds for each
 * operation (its tag, {@code service/operation}) and second of planned arrivals.
 */
public final class HdrLog {
    private static final long INTERVAL_MILLIS = 1000;

    private HdrLog() {}

    /** Reads the requests once. */
    public static void write(RunRecord run, Path file) throws IOException {
        long originMillis = run.started().wallClock().toEpochMilli();
        List<String> tags =
                run.requests().operations().stream().map(HdrLog::tag).toList();
        SortedMap<Long, SortedMap<String, Histogram>> bySecond = new TreeMap<>();
        run.requests().forEach(request -> {
            long second = Math.floorDiv(request.t0Nanos(), INTERVAL_MILLIS * 1_000_000);
            long response = Math.max(request.t3Nanos(), request.t0Nanos()) - request.t0Nanos();
            bySecond.computeIfAbsent(second, s -> new TreeMap<>())
                    .computeIfAbsent(tags.get(request.operation()), tag -> new PackedHistogram(3))
                    .recordValue(response);
        });
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            HistogramLogWriter writer = new HistogramLogWriter(out);
            writer.outputLogFormatVersion();
            writer.outputComment("[Response times of " + oneLine(run.started().scenario())
                    + ", nanoseconds from the planned arrival; one tag an operation]");
            writer.outputStartTime(originMillis);
            writer.setBaseTime(originMillis);
            writer.outputBaseTime(originMillis);
            writer.outputLegend();
            bySecond.forEach((second, histograms) -> write(writer, originMillis, second, histograms));
            if (out.checkError()) {
                throw new IOException("cannot write " + file);
            }
        }
    }

    private static void write(
            HistogramLogWriter writer, long originMillis, long second, SortedMap<String, Histogram> histograms) {
        long start = originMillis + second * INTERVAL_MILLIS;
        histograms.forEach((tag, histogram) -> {
            histogram.setTag(tag);
            histogram.setStartTimeStamp(start);
            histogram.setEndTimeStamp(start + INTERVAL_MILLIS);
            writer.outputIntervalHistogram(histogram);
        });
    }

    /** Tags end at a comma or a blank. */
    private static String tag(OperationKey key) {
        String name = key.service() + "/" + key.operation();
        return name.replaceAll("[\\s,]+", "_");
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\R", " ");
    }
}
