package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping with fixed keys. Unknown ones were reported when it was opened. */
final class Block {
    private static final int UNKNOWN_SHOWN = 10;

    private final Value value;
    private final Map<String, Value> values;
    private final List<String> unknown;

    private Block(Value value, Map<String, Value> values, List<String> unknown) {
        this.value = value;
        this.values = values;
        this.unknown = List.copyOf(unknown);
    }

    static Block of(Value value, Keys keys, String advice) {
        Map<String, Value> values = new LinkedHashMap<>();
        List<String> names = new ArrayList<>();
        if (value.node() instanceof YamlNode.Mapping mapping) {
            List<YamlNode.Entry> unknown = new ArrayList<>();
            for (YamlNode.Entry entry : mapping.entries()) {
                String key = entry.key().value();
                if (keys.known().contains(key)) {
                    values.put(key, new Value(entry.value(), value.child(key), value.problems()));
                } else {
                    unknown.add(entry);
                }
            }
            reportUnknown(value, mapping, unknown, keys);
            unknown.forEach(entry -> names.add(entry.key().value()));
        } else {
            value.problem("must be a mapping, got " + value.shown() + "; " + advice);
        }
        return new Block(value, values, names);
    }

    private static void reportUnknown(Value value, YamlNode.Mapping mapping, List<YamlNode.Entry> unknown, Keys keys) {
        for (YamlNode.Entry entry : unknown.stream().limit(UNKNOWN_SHOWN).toList()) {
            String key = entry.key().value();
            value.problems()
                    .add(
                            Value.location(entry.key().position()),
                            value.child(Value.shorten(key)),
                            unknownKey(key, entry, mapping, keys));
        }
        if (unknown.size() > UNKNOWN_SHOWN) {
            value.problems()
                    .add(
                            Value.location(unknown.get(UNKNOWN_SHOWN).key().position()),
                            value.path(),
                            "here and below are %,d more unknown keys".formatted(unknown.size() - UNKNOWN_SHOWN));
        }
    }

    private static String unknownKey(String key, YamlNode.Entry entry, YamlNode.Mapping mapping, Keys keys) {
        if (keys.later().contains(key)) {
            return Value.NOT_SUPPORTED + "; remove it";
        }
        boolean comma = mapping.flow() && entry.value() instanceof YamlNode.Scalar scalar && scalar.isNothing();
        if (comma && Nearest.to(key, keys.known()).isEmpty()) {
            return "is not a key; inside { } a comma ends a text, so put the text before it in quotes";
        }
        return "unknown key; " + Nearest.advice(key, keys.known());
    }

    Value value() {
        return value;
    }

    boolean isMapping() {
        return value.node() instanceof YamlNode.Mapping;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    Optional<Value> get(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Whether a key was refused. Then a second problem, that something is missing, may only repeat the first. */
    boolean hasUnknown() {
        return !unknown.isEmpty();
    }

    /** Reports a missing key at the block's beginning, unless it is there with a typing error, which was reported. */
    Optional<Value> require(String key, String advice) {
        Optional<Value> found = get(key);
        boolean misspelt =
                unknown.stream().anyMatch(name -> Nearest.to(name, List.of(key)).isPresent());
        if (found.isEmpty() && isMapping() && !misspelt) {
            value.problems().add(value.location(), value.path(), "'" + key + "' is missing; " + advice);
        }
        return found;
    }

    Duration duration(String key, Duration minimum, Duration absent) {
        return get(key).map(found -> found.duration(minimum, absent)).orElse(absent);
    }

    Optional<Duration> duration(String key, Duration minimum) {
        return get(key).map(found -> found.duration(minimum, Duration.ofSeconds(1)));
    }

    int whole(String key, int minimum, int maximum, int absent) {
        return get(key).map(found -> Math.toIntExact(found.whole(minimum, maximum, absent)))
                .orElse(absent);
    }
}
