package dev.rehearsal.documentation;

import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/** Values of a schema as people write them into a scenario, on one line: {@code { step: add column, before: 1s }}. */
final class FlowYaml {
    private FlowYaml() {}

    static String of(JsonNode value) {
        if (value.isObject()) {
            return value.isEmpty()
                    ? "{}"
                    : value.properties().stream().map(FlowYaml::entry).collect(Collectors.joining(", ", "{ ", " }"));
        }
        if (value.isArray()) {
            return value.valueStream().map(FlowYaml::of).collect(Collectors.joining(", ", "[", "]"));
        }
        return value.isString() ? text(value.stringValue(), false) : value.toString();
    }

    /** The same as the value of a key that stands on a line of its own, where fewer texts need quotation marks. */
    static String alone(JsonNode value) {
        return value.isString() ? text(value.stringValue(), true) : of(value);
    }

    private static String entry(Map.Entry<String, JsonNode> entry) {
        return key(entry.getKey()) + ": " + of(entry.getValue());
    }

    /** The harness reads every key as a text. */
    private static String key(String key) {
        return key.equals("true") ? key : text(key, false);
    }

    private static String text(String text, boolean alone) {
        boolean plain = text.matches(alone ? "[^\\s#&*!|>'\"%@`{\\[,\\]}?:-].*" : "[A-Za-z0-9_/.][^,\\[\\]{}]*")
                && !text.contains(": ")
                && !text.contains(" #")
                && !text.endsWith(":");
        boolean another = text.matches("[-+]?[0-9]+(\\.[0-9]*)?|true|false|null|~");
        return plain && !another ? text : "'" + text.replace("'", "''") + "'";
    }
}
