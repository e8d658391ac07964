package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one parameter of an operation. */
final class ParameterReader {
    private static final List<String> KINDS =
            List.of("uniform", "range", "references", "choice", "sequence", "literal");
    private static final Keys KEYS = Keys.of("uniform", "zipf", "range", "references", "choice", "sequence", "literal");

    private final DatasetReferences references;

    ParameterReader(DatasetReferences references) {
        this.references = references;
    }

    Optional<Parameter> read(Value value) {
        if (value.node() instanceof YamlNode.Scalar) {
            return Optional.of(new Parameter.Literal(value.text("write a value, or e.g. { uniform: [1, 500] }")));
        }
        Block block = value.block(KEYS, "write e.g. { uniform: [1, 500] } or a plain value");
        Optional<String> kind = Distributions.kind(block, KINDS);
        kind.ifPresent(found -> Distributions.refuse(block, found, Map.of("zipf", List.of("range", "references"))));
        return kind.flatMap(found -> read(found, block));
    }

    private Optional<Parameter> read(String kind, Block block) {
        Value value = block.get(kind).orElseThrow();
        return switch (kind) {
            case "uniform" -> uniform(value);
            case "range" ->
                Distributions.wholeBounds(value)
                        .map(range -> new Parameter.Zipf(
                                range.min().longValueExact(), range.max().longValueExact(), exponent(block, value)));
            case "references" ->
                references
                        .column(value)
                        .map(column ->
                                new Parameter.References(column.table(), column.column(), Distributions.zipf(block)));
            case "choice" ->
                Distributions.choice(value).map(choice -> new Parameter.Choice(choice.values(), choice.weights()));
            case "sequence" ->
                Optional.of(new Parameter.Sequence(value.whole(Long.MIN_VALUE / 2, Long.MAX_VALUE / 2, 1)));
            case "literal" -> Optional.of(new Parameter.Literal(value.text("write the value")));
            default -> throw new IllegalStateException(kind);
        };
    }

    private static double exponent(Block block, Value range) {
        if (!block.has("zipf")) {
            range.problem("needs zipf beside it; write { zipf: 1.1, range: [1, 1000] }, or uniform: [1, 1000]");
        }
        return Distributions.zipf(block);
    }

    private static Optional<Parameter> uniform(Value value) {
        Optional<Distributions.Bounds> bounds = Distributions.bounds(value);
        if (bounds.isPresent() && bounds.get().whole()) {
            return Distributions.wholeBounds(value)
                    .map(whole -> new Parameter.UniformLong(
                            whole.min().longValueExact(), whole.max().longValueExact()));
        }
        return bounds.map(decimal -> new Parameter.UniformDecimal(decimal.min(), decimal.max(), decimal.scale()));
    }
}
