package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlNode;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The words for random values that parameters of a workload and columns of a dataset share. */
final class Distributions {
    /** Popularity more uneven than this is one value. */
    private static final double MAXIMUM_EXPONENT = 10;

    private Distributions() {}

    /**
     * {@code [min, max]}.
     *
     * @param scale digits behind the point; 0 if both are whole
     */
    record Bounds(BigDecimal min, BigDecimal max, int scale) {
        boolean whole() {
            return scale == 0;
        }
    }

    /** {@code [1, 500]} or {@code [1.00, 500.00]}. */
    static Optional<Bounds> bounds(Value value) {
        List<Value> ends = value.list("write [min, max]");
        if (ends.size() != 2) {
            if (value.node() instanceof YamlNode.Sequence) {
                value.problem("must have two numbers, [min, max], got " + ends.size());
            }
            return Optional.empty();
        }
        Optional<BigDecimal> min = ends.get(0).number();
        Optional<BigDecimal> max = ends.get(1).number();
        if (min.isEmpty() || max.isEmpty()) {
            return Optional.empty();
        }
        if (min.get().compareTo(max.get()) > 0) {
            value.problem("must have the smaller number first, got ["
                    + min.get().toPlainString() + ", " + max.get().toPlainString() + "]");
            return Optional.empty();
        }
        int digits = Math.max(min.get().scale(), max.get().scale());
        int scale = digits == 0 ? 0 : Math.max(2, digits);
        return Optional.of(new Bounds(min.get().setScale(scale), max.get().setScale(scale), scale));
    }

    static Optional<Bounds> wholeBounds(Value value) {
        Optional<Bounds> bounds = bounds(value);
        boolean whole = bounds.isPresent()
                && bounds.get().whole()
                && bounds.get().min().precision() <= 18
                && bounds.get().max().precision() <= 18;
        if (bounds.isPresent() && !whole) {
            value.problem("must have two whole numbers of at most 18 digits, got ["
                    + bounds.get().min().toPlainString() + ", "
                    + bounds.get().max().toPlainString() + "]");
            return Optional.empty();
        }
        return bounds;
    }

    /** The exponent of {@code zipf}; 0 if there is none. */
    static double zipf(Block block) {
        return block.get("zipf")
                .map(value -> value.number(0, true, MAXIMUM_EXPONENT, 1))
                .orElse(0.0);
    }

    /** @param weights of the values, in their order */
    record Weighted(List<String> values, List<Double> weights) {}

    /** {@code [a, b]} or <code>{ a: 70, b: 30 }</code>. */
    static Optional<Weighted> choice(Value value) {
        String advice = "write [a, b] or { a: 70, b: 30 }";
        List<String> values = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        if (value.node() instanceof YamlNode.Mapping) {
            for (Value.Named named : value.named(advice)) {
                values.add(named.name());
                weights.add(named.value().number(0, false, 1e12, 1));
            }
        } else {
            for (Value item : value.list(advice)) {
                String text = item.text(advice);
                if (values.contains(text)) {
                    item.problem("is in the list already; give weights instead, e.g. { a: 70, b: 30 }");
                }
                values.add(text);
                weights.add(1.0);
            }
        }
        if (values.isEmpty()) {
            boolean empty = value.node() instanceof YamlNode.Mapping || value.node() instanceof YamlNode.Sequence;
            if (empty) {
                value.problem("is empty; " + advice);
            }
            return Optional.empty();
        }
        return Optional.of(new Weighted(values, weights));
    }

    record Column(String table, String column) {}

    /** The key that a generator refers to, if it does. */
    static Optional<Column> referenced(Generator generator) {
        if (generator instanceof Generator.References references) {
            return Optional.of(new Column(references.table(), references.column()));
        }
        return generator instanceof Generator.PopularReferences references
                ? Optional.of(new Column(references.table(), references.column()))
                : Optional.empty();
    }

    /** {@code table.column}. */
    static Optional<Column> column(Value value) {
        String text = value.text("write table.column");
        int dot = text.lastIndexOf('.');
        if (text.isEmpty()) {
            return Optional.empty();
        }
        if (dot <= 0 || dot == text.length() - 1) {
            value.problem("must be table.column, got " + value.shown());
            return Optional.empty();
        }
        return Optional.of(new Column(text.substring(0, dot), text.substring(dot + 1)));
    }

    /**
     * The one key of {@code block} that says the kind. {@code zipf} is a kind only with {@code range}, as it goes with {@code references}
     * too, so {@code range} stands for it here.
     */
    static Optional<String> kind(Block block, List<String> kinds) {
        List<String> given = kinds.stream().filter(block::has).collect(Collectors.toList());
        if (given.size() == 1) {
            return Optional.of(given.get(0));
        }
        if (!block.isMapping()
                || block.value().problems().anyWithin(block.value().path())) {
            return Optional.empty();
        }
        if (given.isEmpty()) {
            block.value()
                    .problem(
                            block.has("zipf")
                                    ? "zipf needs a range or references beside it; write { zipf: 1.1, range: [1, 1000] }"
                                    : "says no kind of value; write one of " + String.join(", ", kinds));
        } else {
            block.value().problem("says two kinds of value, " + String.join(" and ", given) + "; keep one");
        }
        return Optional.empty();
    }

    /** Keys that mean nothing beside {@code kind}. */
    static void refuse(Block block, String kind, Map<String, List<String>> companions) {
        companions.forEach((key, kinds) -> {
            if (block.has(key) && !kinds.contains(kind)) {
                block.get(key)
                        .ifPresent(value -> value.problem(
                                "does not go with " + kind + ", only with " + String.join(" or ", kinds)));
            }
        });
    }
}
