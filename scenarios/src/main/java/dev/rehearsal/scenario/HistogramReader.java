package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/** Reads the generators that follow a server's statistics: {@code histogram}, and {@code references} with {@code popular} or {@code distinct}. */
final class HistogramReader {
    private static final String ADVICE = "write e.g. { bounds: [1, 20, 500], distinct: 400, common: { \"7\": 0.1 } }";
    private static final String DISTINCT_ADVICE =
            "write how many values there are, e.g. distinct: 5_000, or how many for the rows, e.g. distinct: 40%";
    private static final Keys KEYS = Keys.of("bounds", "distinct", "common", "correlation", "width");
    /** Shares are rounded when they are written down. */
    private static final double ROUNDING = 1e-6;

    private static final double WIDEST = 1_000_000;

    private HistogramReader() {}

    static Optional<Generator.Histogram> read(Value value) {
        Block block = value.block(KEYS, ADVICE);
        List<String> bounds = block.get("bounds").map(HistogramReader::bounds).orElse(List.of());
        List<Generator.Common> common =
                block.get("common").map(HistogramReader::common).orElse(List.of());
        OptionalDouble width = block.get("width")
                .map(number -> OptionalDouble.of(number.number(0, true, WIDEST, 1)))
                .orElse(OptionalDouble.empty());
        Generator.Distinct distinct = distinct(block).orElse(new Generator.Distinct.Share(1));
        if (distinct instanceof Generator.Distinct.Count count && count.values() < common.size()) {
            block.get("distinct")
                    .orElseThrow()
                    .problem("must count the common values too, of which there are " + common.size() + ", got "
                            + count.values());
        }
        if (block.isMapping() && !block.hasUnknown() && !block.has("bounds") && !block.has("common")) {
            boolean plain = block.has("distinct") || block.has("width");
            if (!plain) {
                value.problem("says nothing of the values; " + ADVICE);
            }
        }
        return Optional.of(new Generator.Histogram(bounds, distinct, common, correlation(block), width));
    }

    static Optional<Generator.PopularReferences> references(Block block, Value value) {
        if (block.has("zipf")) {
            block.value().problem("has both zipf and popular or distinct; keep one way to say how popular keys are");
        }
        List<Double> popular = block.get("popular")
                .map(shares -> shares(shares.list("write the shares of the most popular keys, e.g. [0.02, 0.01]")))
                .orElse(List.of());
        block.get("popular").ifPresent(shares -> checkSum(popular, shares));
        Generator.Distinct distinct = distinct(block).orElse(new Generator.Distinct.Share(1));
        return Distributions.column(value)
                .map(column -> new Generator.PopularReferences(
                        column.table(), column.column(), popular, distinct, correlation(block)));
    }

    private static double correlation(Block block) {
        return block.get("correlation")
                .map(number -> number.number(-1, true, 1, 0))
                .orElse(0.0);
    }

    private static List<String> bounds(Value value) {
        List<String> bounds = new ArrayList<>();
        value.list("write at least two values in their order").forEach(item -> bounds.add(item.text("write a value")));
        if (value.node() instanceof YamlNode.Sequence && bounds.size() < 2) {
            value.problem("must have at least two values, the least and the greatest, got " + bounds.size());
        }
        return bounds;
    }

    private static List<Generator.Common> common(Value value) {
        List<Generator.Common> common = new ArrayList<>();
        for (Value.Named named : value.named("write each value with its share of the rows, e.g. { paid: 0.6 }")) {
            common.add(new Generator.Common(named.name(), named.value().number(0, false, 1, 0.5)));
        }
        checkSum(common.stream().map(Generator.Common::share).toList(), value);
        return common;
    }

    private static List<Double> shares(List<Value> items) {
        return items.stream().map(item -> item.number(0, false, 1, 0.1)).toList();
    }

    private static void checkSum(List<Double> shares, Value value) {
        double sum = shares.stream().mapToDouble(Double::doubleValue).sum();
        if (sum > 1 + ROUNDING && !value.problems().anyWithin(value.path())) {
            value.problem("must sum up to 1 at most, got " + Quantity.plain(Math.rint(sum * 1e6) / 1e6));
        }
    }

    private static Optional<Generator.Distinct> distinct(Block block) {
        return block.get("distinct").flatMap(HistogramReader::distinct);
    }

    private static Optional<Generator.Distinct> distinct(Value value) {
        Optional<Quantity> quantity = value.scalar().flatMap(Quantity::parse);
        if (quantity.isEmpty()) {
            value.problem("must be a whole number or a percentage, got " + value.shown() + "; " + DISTINCT_ADVICE);
            return Optional.empty();
        }
        if (quantity.get().unit().equals("%")) {
            double share = value.percentage();
            if (share == 0 && !value.problems().anyWithin(value.path())) {
                value.problem("must be above 0%, got " + value.shown());
            }
            return Optional.of(new Generator.Distinct.Share(share));
        }
        return Optional.of(new Generator.Distinct.Count(value.whole(1, 1_000_000_000_000L, 1)));
    }
}
