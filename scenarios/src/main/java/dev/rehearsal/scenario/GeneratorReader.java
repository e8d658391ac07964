package dev.rehearsal.scenario;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads the generator of one column of a dataset. */
final class GeneratorReader {
    private static final List<String> KINDS = List.of(
            "sequence",
            "uniform",
            "range",
            "references",
            "choice",
            "timestamp",
            "text",
            "pattern",
            "uuid",
            "bool",
            "normal",
            "lognormal",
            "faker",
            "json",
            "array",
            "bytes",
            "inet",
            "interval",
            "histogram");
    /** Kinds that {@code unique} goes with. */
    private static final List<String> COUNTABLE = List.of(
            "uniform",
            "references",
            "choice",
            "timestamp",
            "text",
            "pattern",
            "uuid",
            "faker",
            "bytes",
            "inet",
            "interval");

    private static final List<String> REFINEMENTS =
            List.of("zipf", "length", "correlation", "popular", "distinct", "unique", "nulls");

    private static final Keys KEYS =
            Keys.of(Stream.concat(KINDS.stream(), REFINEMENTS.stream()).toArray(String[]::new));
    private static final int LONGEST_TEXT = 1_000_000;
    private static final int LONGEST_ARRAY = 10_000;

    private GeneratorReader() {}

    static Optional<Generator> read(Value value) {
        Block block = value.block(KEYS, "write a generator, e.g. { uniform: [1, 500] }");
        Optional<String> kind = Distributions.kind(block, KINDS);
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        Distributions.refuse(
                block,
                kind.get(),
                Map.of(
                        "zipf",
                        List.of("range", "references"),
                        "correlation",
                        List.of("references"),
                        "length",
                        List.of("array"),
                        "unique",
                        COUNTABLE,
                        "popular",
                        List.of("references"),
                        "distinct",
                        List.of("references"),
                        "nulls",
                        KINDS.stream().filter(name -> !name.equals("sequence")).toList()));
        Optional<Double> nulls = block.get("nulls").map(fraction -> fraction.number(0, true, 1, 0));
        boolean unique = block.get("unique").map(GeneratorReader::flag).orElse(false);
        return read(kind.get(), block)
                .map(generator -> unique ? new Generator.Unique(generator) : generator)
                .map(generator -> nulls.<Generator>map(fraction -> new Generator.Nullable(generator, fraction))
                        .orElse(generator));
    }

    private static Optional<? extends Generator> read(String kind, Block block) {
        Value value = block.get(kind).orElseThrow();
        return switch (kind) {
            case "sequence" ->
                Optional.of(new Generator.Sequence(value.whole(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2, 1)));
            case "uniform" -> uniform(value);
            case "range" -> zipf(block, value);
            case "references" -> references(block, value);
            case "choice" ->
                Distributions.choice(value).map(choice -> new Generator.Choice(choice.values(), choice.weights()));
            case "timestamp" -> timestamp(value);
            case "text" -> text(value);
            case "pattern" -> Optional.of(new Generator.Pattern(value.text("write e.g. 'user{row}@example.com'")));
            case "uuid" -> {
                value.block(Keys.of(), "write uuid: {}");
                yield Optional.of(new Generator.Uuid());
            }
            case "bool" -> {
                Block bool = value.block(Keys.of("true"), "write bool: { true: 0.3 }");
                yield Optional.of(new Generator.Bool(
                        bool.get("true").map(part -> part.number(0, true, 1, 0)).orElse(0.5)));
            }
            case "normal" -> normal(value);
            case "lognormal" -> logNormal(value);
            case "faker" -> faker(value);
            case "json" -> json(value);
            case "array" -> array(block, value);
            case "bytes" -> lengths(value, LONGEST_TEXT).map(found -> new Generator.Bytes(found[0], found[1]));
            case "inet" -> {
                value.block(Keys.of(), "write inet: {}");
                yield Optional.of(new Generator.Inet());
            }
            case "interval" ->
                Distributions.wholeBounds(value)
                        .map(whole -> new Generator.Interval(
                                whole.min().longValueExact(), whole.max().longValueExact()));
            case "histogram" -> HistogramReader.read(value);
            default -> throw new IllegalStateException(kind);
        };
    }

    private static Optional<? extends Generator> uniform(Value value) {
        Optional<Distributions.Bounds> bounds = Distributions.bounds(value);
        if (bounds.isPresent() && bounds.get().whole()) {
            return Distributions.wholeBounds(value)
                    .map(whole -> new Generator.UniformLong(
                            whole.min().longValueExact(), whole.max().longValueExact()));
        }
        return bounds.map(decimal -> new Generator.UniformDecimal(decimal.min(), decimal.max(), decimal.scale()));
    }

    private static Optional<? extends Generator> references(Block block, Value value) {
        if (block.has("popular") || block.has("distinct")) {
            return HistogramReader.references(block, value);
        }
        double zipf = Distributions.zipf(block);
        double correlation = block.get("correlation")
                .map(number -> number.number(0, true, 1, 0))
                .orElse(0.0);
        if (zipf > 0 && correlation > 0) {
            block.value().problem("has both zipf and correlation; keep one");
        }
        return Distributions.column(value)
                .map(column -> new Generator.References(column.table(), column.column(), zipf, correlation));
    }

    private static Optional<? extends Generator> zipf(Block block, Value range) {
        if (!block.has("zipf")) {
            range.problem("needs zipf beside it; write { zipf: 1.1, range: [1, 1000] }, or uniform: [1, 1000]");
        }
        return Distributions.wholeBounds(range)
                .map(whole -> new Generator.Zipf(
                        whole.min().longValueExact(), whole.max().longValueExact(), Distributions.zipf(block)));
    }

    private static Optional<? extends Generator> text(Value value) {
        return lengths(value, LONGEST_TEXT).map(found -> new Generator.Text(found[0], found[1]));
    }

    /** The shortest and the longest. */
    private static Optional<int[]> lengths(Value value, int longest) {
        Optional<Distributions.Bounds> lengths = Distributions.wholeBounds(value);
        if (lengths.isEmpty()) {
            return Optional.empty();
        }
        if (lengths.get().min().signum() < 0 || lengths.get().max().compareTo(BigDecimal.valueOf(longest)) > 0) {
            value.problem("must be lengths from 0 to %,d, got [%s, %s]"
                    .formatted(longest, lengths.get().min(), lengths.get().max()));
            return Optional.empty();
        }
        return lengths.map(
                bounds -> new int[] {bounds.min().intValueExact(), bounds.max().intValueExact()});
    }

    private static boolean flag(Value value) {
        String text = value.text(word -> word.equals("true") || word.equals("false"), "true or false");
        return text.equals("true");
    }

    private static Optional<? extends Generator> faker(Value value) {
        String provider = value.text("name a provider of datafaker, e.g. address.city");
        if (provider.isEmpty()) {
            return Optional.empty();
        }
        if (!provider.matches("[A-Za-z][A-Za-z0-9]*\\.[A-Za-z][A-Za-z0-9]*")) {
            value.problem("must be a provider and what it makes, such as address.city, got " + value.shown());
            return Optional.empty();
        }
        return Optional.of(new Generator.Faker(provider));
    }

    private static Optional<? extends Generator> json(Value value) {
        Map<String, Generator> fields = new LinkedHashMap<>();
        List<Value.Named> named = value.named("write { name: { faker: name.fullName } }");
        for (Value.Named field : named) {
            read(field.value()).ifPresent(generator -> {
                boolean plain =
                        generator instanceof Generator.Nullable nullable ? isJson(nullable.inner()) : isJson(generator);
                if (plain) {
                    fields.put(field.name(), generator);
                } else {
                    field.value()
                            .problem(
                                    "cannot be made within json; references, array, bytes, inet, interval and unique stand alone");
                }
            });
        }
        return fields.size() == named.size() ? Optional.of(new Generator.Json(fields)) : Optional.empty();
    }

    private static boolean isJson(Generator generator) {
        return !(generator instanceof Generator.References
                || generator instanceof Generator.Array
                || generator instanceof Generator.Bytes
                || generator instanceof Generator.Inet
                || generator instanceof Generator.Interval
                || generator instanceof Generator.Unique);
    }

    private static Optional<? extends Generator> array(Block block, Value value) {
        int[] length = block.get("length")
                .flatMap(found -> lengths(found, LONGEST_ARRAY))
                .orElse(new int[] {0, 5});
        return read(value).flatMap(element -> {
            boolean nested = element instanceof Generator.Array || element instanceof Generator.Unique;
            if (nested) {
                value.problem("cannot be an array's element; arrays have one dimension, and are not unique");
            }
            return nested ? Optional.empty() : Optional.of(new Generator.Array(element, length[0], length[1]));
        });
    }

    private static Optional<? extends Generator> timestamp(Value value) {
        String advice = "write e.g. { from: 2023-01-01, to: 2026-01-01, correlation: 1 }";
        Block block = value.block(Keys.of("from", "to", "correlation"), advice);
        Optional<Instant> from = block.require("from", advice).flatMap(GeneratorReader::moment);
        Optional<Instant> to = block.require("to", advice).flatMap(GeneratorReader::moment);
        double correlation =
                block.get("correlation").map(part -> part.number(0, true, 1, 0)).orElse(0.0);
        if (from.isEmpty() || to.isEmpty()) {
            return Optional.empty();
        }
        if (!from.get().isBefore(to.get())) {
            block.get("to").orElseThrow().problem("must be later than from, got " + to.get() + " after " + from.get());
            return Optional.empty();
        }
        return Optional.of(new Generator.Timestamp(from.get(), to.get(), correlation));
    }

    private static Optional<Instant> moment(Value value) {
        String text = value.scalar().orElse("");
        try {
            return Optional.of(
                    text.contains("T")
                            ? Instant.parse(text)
                            : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant());
        } catch (DateTimeParseException e) {
            value.problem("must be a date or a moment in UTC, got " + value.shown()
                    + "; write e.g. 2023-01-01 or 2023-01-01T12:00:00Z");
            return Optional.empty();
        }
    }

    private static Optional<? extends Generator> normal(Value value) {
        String advice = "write e.g. { mean: 10, deviation: 2 }";
        Block block = value.block(Keys.of("mean", "deviation"), advice);
        Optional<BigDecimal> mean = block.require("mean", advice).flatMap(Value::number);
        Optional<Double> deviation = block.require("deviation", advice).map(part -> part.number(0, false, 1e15, 1));
        return mean.flatMap(center -> deviation.map(spread -> new Generator.Normal(center.doubleValue(), spread)));
    }

    private static Optional<? extends Generator> logNormal(Value value) {
        String advice = "write e.g. { mu: 1, sigma: 0.5 }";
        Block block = value.block(Keys.of("mu", "sigma"), advice);
        Optional<Double> mu = block.require("mu", advice).map(part -> part.number(-100, true, 100, 0));
        Optional<Double> sigma = block.require("sigma", advice).map(part -> part.number(0, false, 100, 1));
        return mu.flatMap(center -> sigma.map(spread -> new Generator.LogNormal(center, spread)));
    }
}
