package dev.rehearsal.scenario;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
            "histogram");
    private static final Keys KEYS = Keys.of(
                    "sequence",
                    "uniform",
                    "zipf",
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
                    "histogram",
                    "correlation",
                    "popular",
                    "distinct",
                    "nulls")
            .later("faker", "json", "unique");
    private static final int LONGEST_TEXT = 1_000_000;

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
                        "popular",
                        List.of("references"),
                        "distinct",
                        List.of("references"),
                        "nulls",
                        KINDS.stream().filter(name -> !name.equals("sequence")).toList()));
        Optional<Double> nulls = block.get("nulls").map(fraction -> fraction.number(0, true, 1, 0));
        return read(kind.get(), block)
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
        Optional<Distributions.Bounds> lengths = Distributions.wholeBounds(value);
        if (lengths.isEmpty()) {
            return Optional.empty();
        }
        if (lengths.get().min().signum() < 0 || lengths.get().max().compareTo(BigDecimal.valueOf(LONGEST_TEXT)) > 0) {
            value.problem("must be lengths from 0 to %,d, got [%s, %s]"
                    .formatted(LONGEST_TEXT, lengths.get().min(), lengths.get().max()));
            return Optional.empty();
        }
        return lengths.map(bounds ->
                new Generator.Text(bounds.min().intValueExact(), bounds.max().intValueExact()));
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
