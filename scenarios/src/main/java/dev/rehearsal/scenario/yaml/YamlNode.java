package dev.rehearsal.scenario.yaml;

import java.util.List;
import java.util.Optional;

/** A value of the file. */
public sealed interface YamlNode {
    /** Of its first character. */
    Position position();

    /**
     * A text, a number, a truth value or nothing, as written.
     *
     * @param value decoded: without quotes, escapes resolved, lines folded
     * @param plain not quoted and not a block: only then can it be a number, a truth value or nothing
     */
    record Scalar(String value, boolean plain, Position position) implements YamlNode {
        /** {@code key:} with nothing behind it, {@code ~} or {@code null}. */
        public boolean isNothing() {
            return plain && (value.isEmpty() || value.equals("~") || value.equalsIgnoreCase("null"));
        }
    }

    /** A list. */
    record Sequence(List<YamlNode> items, Position position) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /**
     * Keys and values in the file's order, no key twice.
     *
     * @param flow written in braces
     */
    record Mapping(List<Entry> entries, boolean flow, Position position) implements YamlNode {
        public Mapping {
            entries = List.copyOf(entries);
        }

        public Optional<YamlNode> get(String key) {
            return entries.stream()
                    .filter(entry -> entry.key().value().equals(key))
                    .map(Entry::value)
                    .findFirst();
        }
    }

    /** A key and its value. */
    record Entry(Scalar key, YamlNode value) {}
}
