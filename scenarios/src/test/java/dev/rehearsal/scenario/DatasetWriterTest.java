package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DatasetWriterTest {
    private static final SchemaNet SCHEMA = SchemaNet.of("dataset.schema.json");

    @TempDir
    private Path folder;

    @Test
    void whatIsWrittenIsReadAgain() throws Exception {
        Map<String, Generator> columns = new LinkedHashMap<>();
        columns.put("id", new Generator.Sequence(5));
        columns.put("whole", new Generator.UniformLong(-3, 1000));
        columns.put("decimal", new Generator.UniformDecimal(new BigDecimal("-1.50"), new BigDecimal("100.00"), 2));
        columns.put("zipf", new Generator.Zipf(1, 9, 1.25));
        columns.put("normal", new Generator.Nullable(new Generator.Normal(-1.5, 2), 0.125));
        columns.put("lognormal", new Generator.LogNormal(0, 0.5));
        columns.put("choice", new Generator.Choice(List.of("no", "a: b"), List.of(1.0, 2.5)));
        columns.put("parent", new Generator.References("rows", "id", 0, 0.5));
        columns.put("skewed", new Generator.References("rows", "id", 1.1, 0));
        columns.put(
                "popular",
                new Generator.PopularReferences(
                        "rows", "id", List.of(0.25, 0.0123), new Generator.Distinct.Share(0.4), -0.25));
        columns.put(
                "moment",
                new Generator.Timestamp(
                        Instant.parse("2020-01-01T00:00:00Z"), Instant.parse("2021-01-01T01:02:03.5Z"), 1));
        columns.put("text", new Generator.Text(0, 80));
        columns.put("pattern", new Generator.Pattern("user{row}@example.com"));
        columns.put("uuid", new Generator.Uuid());
        columns.put("bool", new Generator.Bool(0.25));
        columns.put(
                "histogram",
                new Generator.Nullable(
                        new Generator.Histogram(
                                IntStream.range(0, 101)
                                        .mapToObj(i -> "Bound no. " + i + ", \"quoted\"\n")
                                        .toList(),
                                new Generator.Distinct.Count(4000),
                                List.of(new Generator.Common("", 0.5), new Generator.Common("ü: #x", 0.00001)),
                                0.987654,
                                OptionalDouble.of(17.5)),
                        0.1));
        String schema = "create table rows (" + String.join(" text, ", columns.keySet()) + " text);";
        DatasetDefinition written = new DatasetDefinition(
                "all-of-it",
                folder.toAbsolutePath().normalize(),
                schema,
                Map.of("rows", new TableDefinition("rows", 1_000_000, columns)));
        String text = DatasetWriter.write(written);
        Files.writeString(folder.resolve("schema.sql"), schema);
        Files.writeString(folder.resolve("dataset.yaml"), text);

        assertThat(DatasetLoader.load(folder)).isEqualTo(written);
        assertThat(SCHEMA.refusals(text)).isEmpty();
        assertThat(text.lines()).allMatch(line -> line.length() < 130);
    }
}
