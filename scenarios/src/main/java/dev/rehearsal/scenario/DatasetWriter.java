package dev.rehearsal.scenario;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.yaml.YamlWriter;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes {@code dataset.yaml}. Loading the text beside the definition's {@code schema.sql} gives an equal definition. */
public final class DatasetWriter {
    /** The file that {@link DatasetDefinition#schemaSql()} belongs into. */
    public static final String SCHEMA_FILE = "schema.sql";

    /** Shares are estimates from samples of some 30,000 rows: more digits would say nothing. */
    private static final MathContext SHARE_DIGITS = new MathContext(7);

    private DatasetWriter() {}

    /** The text of the file, without its {@code description}. */
    public static String write(DatasetDefinition definition) {
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("name", definition.name());
        root.put("schema", SCHEMA_FILE);
        Map<String, Object> tables = new LinkedHashMap<>();
        definition.tables().forEach((name, table) -> tables.put(name, table(table)));
        root.put("tables", tables);
        return YamlWriter.write(root);
    }

    private static Map<String, Object> table(TableDefinition table) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("rows", number(table.rows()));
        if (!table.columns().isEmpty()) {
            Map<String, Object> columns = new LinkedHashMap<>();
            table.columns().forEach((name, generator) -> columns.put(name, generator(generator)));
            map.put("columns", columns);
        }
        return map;
    }

    private static Map<String, Object> generator(Generator generator) {
        Map<String, Object> map = new LinkedHashMap<>();
        switch (generator) {
            case Generator.Sequence sequence -> map.put("sequence", number(sequence.start()));
            case Generator.UniformLong uniform ->
                map.put("uniform", List.of(number(uniform.min()), number(uniform.max())));
            case Generator.UniformDecimal uniform ->
                map.put("uniform", List.of(plain(uniform.min()), plain(uniform.max())));
            case Generator.Zipf zipf -> {
                map.put("zipf", number(zipf.exponent()));
                map.put("range", List.of(number(zipf.min()), number(zipf.max())));
            }
            case Generator.Normal normal ->
                map.put("normal", mapOf("mean", number(normal.mean()), "deviation", number(normal.deviation())));
            case Generator.LogNormal normal ->
                map.put("lognormal", mapOf("mu", number(normal.mu()), "sigma", number(normal.sigma())));
            case Generator.Choice choice -> {
                Map<String, Object> weights = new LinkedHashMap<>();
                for (int i = 0; i < choice.values().size(); i++) {
                    weights.put(choice.values().get(i), number(choice.weights().get(i)));
                }
                map.put("choice", weights);
            }
            case Generator.References references -> {
                map.put("references", references.table() + "." + references.column());
                if (references.zipf() > 0) {
                    map.put("zipf", number(references.zipf()));
                }
                if (references.correlation() > 0) {
                    map.put("correlation", number(references.correlation()));
                }
            }
            case Generator.PopularReferences references -> {
                map.put("references", references.table() + "." + references.column());
                map.put("distinct", distinct(references.distinct()));
                if (references.correlation() != 0) {
                    map.put("correlation", number(references.correlation()));
                }
                if (!references.popular().isEmpty()) {
                    map.put(
                            "popular",
                            new YamlWriter.Wrapped(references.popular().stream()
                                    .map(DatasetWriter::share)
                                    .toList()));
                }
            }
            case Generator.Timestamp moment -> {
                Map<String, Object> range = mapOf(
                        "from", moment.from().toString(), "to", moment.to().toString());
                range.put("correlation", number(moment.correlation()));
                map.put("timestamp", range);
            }
            case Generator.Text text -> map.put("text", List.of(number(text.minLength()), number(text.maxLength())));
            case Generator.Pattern pattern -> map.put("pattern", pattern.pattern());
            case Generator.Uuid uuid -> map.put("uuid", Map.of());
            case Generator.Histogram histogram -> map.put("histogram", histogram(histogram));
            case Generator.Bool bool -> map.put("bool", Map.of("true", number(bool.trueFraction())));
            case Generator.Faker faker -> map.put("faker", faker.provider());
            case Generator.Json json -> {
                Map<String, Object> fields = new LinkedHashMap<>();
                json.fields().forEach((name, field) -> fields.put(name, generator(field)));
                map.put("json", fields);
            }
            case Generator.Array array -> {
                map.put("array", generator(array.element()));
                map.put("length", List.of(number(array.minLength()), number(array.maxLength())));
            }
            case Generator.Bytes bytes ->
                map.put("bytes", List.of(number(bytes.minLength()), number(bytes.maxLength())));
            case Generator.Inet inet -> map.put("inet", Map.of());
            case Generator.Interval interval ->
                map.put("interval", List.of(number(interval.minSeconds()), number(interval.maxSeconds())));
            case Generator.Unique unique -> {
                map.putAll(generator(unique.inner()));
                map.put("unique", true);
            }
            case Generator.Nullable nullable -> {
                map.putAll(generator(nullable.inner()));
                map.put("nulls", share(nullable.fraction()));
            }
        }
        return map;
    }

    private static Map<String, Object> histogram(Generator.Histogram histogram) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("distinct", distinct(histogram.distinct()));
        if (histogram.correlation() != 0) {
            map.put("correlation", number(histogram.correlation()));
        }
        histogram.width().ifPresent(width -> map.put("width", number(width)));
        if (!histogram.common().isEmpty()) {
            Map<String, Object> common = new LinkedHashMap<>();
            histogram.common().forEach(value -> common.put(value.value(), share(value.share())));
            map.put("common", common);
        }
        if (!histogram.bounds().isEmpty()) {
            map.put("bounds", new YamlWriter.Wrapped(histogram.bounds()));
        }
        return map;
    }

    private static YamlWriter.Plain distinct(Generator.Distinct distinct) {
        return switch (distinct) {
            case Generator.Distinct.Count count -> number(count.values());
            case Generator.Distinct.Share share ->
                new YamlWriter.Plain(Quantity.plain(BigDecimal.valueOf(share.ofRows())
                                .movePointRight(2)
                                .round(SHARE_DIGITS))
                        + "%");
        };
    }

    private static YamlWriter.Plain share(double share) {
        return new YamlWriter.Plain(Quantity.plain(BigDecimal.valueOf(share).round(SHARE_DIGITS)));
    }

    private static Map<String, Object> mapOf(String key, Object value, String other, Object otherValue) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(key, value);
        map.put(other, otherValue);
        return map;
    }

    private static YamlWriter.Plain number(long number) {
        return new YamlWriter.Plain(Long.toString(number));
    }

    private static YamlWriter.Plain number(double number) {
        return new YamlWriter.Plain(Quantity.plain(number));
    }

    private static YamlWriter.Plain plain(BigDecimal number) {
        return new YamlWriter.Plain(number.toPlainString());
    }
}
