package dev.rehearsal.documentation;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The reference of the scenario language as Markdown, out of the JSON Schemas that editors complete from:
 *
 * <pre>
 * ### fault.pause
 *
 * Stops every process of the server where it is (SIGSTOP), then lets them go on.
 *
 * | key | value | default | example | meaning |
 * |---|---|---|---|---|
 * | `of` | [server](#server) | primary | `primary` | The server. |
 * </pre>
 *
 * <p>A schema says a default in its description, {@code Default 10s.}, because that is what editors show; here it gets a column. Units are those of
 * the kind of value that a key refers to, whose section says them.
 */
public final class SchemaReference {
    private static final Pattern DEFAULT =
            Pattern.compile("(?:^| )(?:Default|Without this key):? (.+?)\\.(?= [A-Z\\[]|$)");
    private static final Pattern NAMED_DEFAULT = Pattern.compile("([A-Za-z0-9.]+),? \\(?(?:the|by) default");
    private static final String NOTHING = "–";

    /** The parts of a scenario that occur more than once, or deep in it, in the order of a file. */
    private static final List<String> SCENARIO_PARTS = List.of(
            "service", "curve", "day", "operation", "parameter", "retry", "step", "backfill", "fault", "objective");

    private static final List<String> DATASET_PARTS = List.of("table", "generator");

    private final JsonNode schema;
    private final Set<String> parts;
    private final StringBuilder out = new StringBuilder();

    private SchemaReference(JsonNode schema, List<String> parts) {
        this.schema = schema;
        this.parts = Set.copyOf(parts);
    }

    /** The whole page. */
    public static String render(JsonNode scenario, JsonNode dataset) {
        return """
                # Scenario reference

                Every key of `scenario.yaml` and `dataset.yaml`. Made from
                [scenario.schema.json](../../scenarios/src/main/resources/dev/rehearsal/scenario/scenario.schema.json) and
                [dataset.schema.json](../../scenarios/src/main/resources/dev/rehearsal/scenario/dataset.schema.json), which editors complete and
                check by; do not edit it. What the parts mean together is told in [the overview](../../README.md#a-scenario) and in
                [the scenario language](../../scenarios/README.md).

                A key without *required* may be left out, and is then what stands under *default*. A key that is not here is refused, with the nearest
                one suggested.

                ## scenario.yaml

                """
                + new SchemaReference(scenario, SCENARIO_PARTS).parts(SCENARIO_PARTS)
                + "## dataset.yaml\n\n"
                + new SchemaReference(dataset, DATASET_PARTS).parts(DATASET_PARTS)
                + "## Kinds of values\n\n"
                + kinds(scenario, dataset);
    }

    /**
     * Where the schema leaves a reader alone: a key without a meaning or an example, as {@code fault.latency.delay: no example}. Empty if nowhere.
     *
     * @param name of the file, for the messages
     */
    public static List<String> gaps(String name, JsonNode schema) {
        List<String> gaps = new ArrayList<>();
        gaps(name, schema, schema, gaps);
        schema.path("$defs").properties().forEach(part -> gaps(part.getKey(), part.getValue(), schema, gaps));
        return gaps;
    }

    private static void gaps(String path, JsonNode node, JsonNode schema, List<String> gaps) {
        for (JsonNode form : forms(node)) {
            form.path("properties").properties().stream()
                    .filter(key -> key.getValue().isObject())
                    .forEach(key -> {
                        String name = path + "." + key.getKey();
                        if (meaning(key.getValue(), schema).isEmpty()) {
                            gaps.add(name + ": no meaning");
                        }
                        if (example(key.getValue(), schema).isEmpty()) {
                            gaps.add(name + ": no example");
                        }
                        gaps(name, key.getValue(), schema, gaps);
                    });
        }
    }

    /** All shapes that a value may have, its elements' included, as far as they are written in place. */
    private static List<JsonNode> forms(JsonNode node) {
        List<JsonNode> forms = new ArrayList<>();
        forms.add(node);
        Stream.of("oneOf", "anyOf")
                .flatMap(word -> node.path(word).valueStream())
                .filter(form -> form.has("type"))
                .forEach(forms::add);
        Stream.of("items", "additionalProperties")
                .map(node::path)
                .filter(JsonNode::isObject)
                .forEach(forms::add);
        return forms;
    }

    private String parts(List<String> names) {
        part("", schema);
        names.forEach(name -> part(name, schema.path("$defs").path(name)));
        return out.toString();
    }

    /** @param path as a scenario has it, which is the heading; empty for the whole file, which has the heading of its name */
    private void part(String path, JsonNode node) {
        if (!path.isEmpty()) {
            out.append("### ").append(path).append("\n\n");
        }
        String meaning = meaning(node, schema);
        if (!meaning.isEmpty()) {
            out.append(plain(meaning)).append("\n\n");
        }
        List<Nested> nested = new ArrayList<>();
        out.append("| key | value | default | example | meaning |\n|---|---|---|---|---|\n");
        forms(node).forEach(form -> rows(path, "", form, nested));
        out.append('\n');
        nested.forEach(each -> part(each.path(), each.node()));
    }

    /** A value with keys of its own, which gets a section. */
    private record Nested(String path, JsonNode node) {}

    private void rows(String path, String prefix, JsonNode form, List<Nested> nested) {
        Set<String> required = new LinkedHashSet<>();
        form.path("required").valueStream().map(JsonNode::asString).forEach(required::add);
        form.path("properties").properties().stream()
                .filter(key -> key.getValue().isObject())
                .forEach(key ->
                        row(path, prefix + key.getKey(), key.getValue(), required.contains(key.getKey()), nested));
    }

    private void row(String path, String key, JsonNode node, boolean required, List<Nested> nested) {
        boolean section = hasKeys(node);
        String anchor = path.isEmpty() ? key : path + "." + key;
        List<String> cells = List.of(
                "`" + key + "`",
                section ? "[" + keysIn(node) + "](#" + anchor(anchor) + ")" : kind(node),
                required ? "*required*" : plain(defaultOf(node).orElse(NOTHING)),
                example(node, schema)
                        .map(value -> "`" + FlowYaml.alone(value) + "`")
                        .orElse(NOTHING),
                plain(meaning(node, schema)));
        out.append("| ");
        out.append(String.join(
                " | ", cells.stream().map(cell -> cell.replace("|", "\\|")).toList()));
        out.append(" |\n");
        if (section) {
            nested.add(new Nested(anchor, node));
        }
    }

    private static boolean hasKeys(JsonNode node) {
        return forms(node).stream().anyMatch(form -> form.has("properties"));
    }

    private String keysIn(JsonNode node) {
        if (node.path("additionalProperties").isObject()) {
            return "names, each with keys";
        }
        List<String> others = Stream.of("oneOf", "anyOf")
                .flatMap(word -> node.path(word).valueStream())
                .filter(form -> !form.has("properties") && (form.has("type") || form.has("const") || form.has("$ref")))
                .map(this::plainKind)
                .toList();
        return others.isEmpty() ? "keys" : String.join(", ", others) + ", or keys";
    }

    private String plainKind(JsonNode form) {
        return kind(form).replaceAll("\\[([^]]*)]\\([^)]*\\)", "$1");
    }

    /** Such as {@code [duration](#duration)}, {@code list of [step](#step)}, {@code poisson, constant}. */
    private String kind(JsonNode node) {
        if (node.has("$ref")) {
            return linked(name(node.path("$ref").asString()));
        }
        if (node.has("const")) {
            return "`" + FlowYaml.of(node.path("const")) + "`";
        }
        if (node.has("enum")) {
            return String.join(
                    ", ",
                    node.path("enum")
                            .valueStream()
                            .map(value -> "`" + FlowYaml.of(value) + "`")
                            .toList());
        }
        Stream<JsonNode> alternatives =
                Stream.of("oneOf", "anyOf").flatMap(word -> node.path(word).valueStream());
        List<JsonNode> forms = alternatives.toList();
        if (!forms.isEmpty()) {
            return String.join(
                    " or ",
                    forms.stream()
                            .filter(form -> !isSpelling(form, forms))
                            .map(this::kind)
                            .distinct()
                            .toList());
        }
        return switch (node.path("type").isArray()
                ? simplest(node.path("type"))
                : node.path("type").asString("")) {
            case "integer" -> "whole number" + range(node);
            case "number" -> "number" + range(node);
            case "boolean" -> "`true`, `false`";
            case "array" -> array(node);
            case "object" -> object(node);
            default -> "text";
        };
    }

    /**
     * Whether the form is another spelling of one beside it: a number with underscores, which YAML takes for a text; or a code such as 40001,
     * which YAML takes for a number.
     */
    private static boolean isSpelling(JsonNode form, List<JsonNode> all) {
        boolean letters = all.stream()
                .anyMatch(other -> other.path("pattern").asString("").contains("A-Z"));
        boolean numbers = all.stream().anyMatch(SchemaReference::isNumber);
        boolean text = form.path("type").asString("").equals("string");
        return numbers && (letters ? isNumber(form) : text);
    }

    private static boolean isNumber(JsonNode form) {
        return Set.of("integer", "number").contains(form.path("type").asString(""));
    }

    private static String simplest(JsonNode types) {
        boolean number = types.valueStream().anyMatch(type -> type.asString().equals("number"));
        boolean yesOrNo = types.valueStream().anyMatch(type -> type.asString().equals("boolean"));
        return yesOrNo && !number ? "boolean" : "string";
    }

    private String array(JsonNode node) {
        int length = node.path("maxItems").asInt(0);
        return (length > 0 && length == node.path("minItems").asInt(0) ? length + " of " : "list of ")
                + kind(node.path("items"));
    }

    private String object(JsonNode node) {
        return node.path("additionalProperties").isObject()
                ? "names, each with " + kind(node.path("additionalProperties"))
                : "`{}`";
    }

    private static String range(JsonNode node) {
        Optional<String> most = number(node, "maximum");
        Optional<String> above = number(node, "exclusiveMinimum");
        if (above.isPresent()) {
            return " above " + above.get()
                    + most.map(high -> ", at most " + high).orElse("");
        }
        return number(node, "minimum")
                .map(low -> ", " + low + most.map(high -> " to " + high).orElse(" or more"))
                .orElse("");
    }

    private static Optional<String> number(JsonNode node, String word) {
        return node.has(word) ? Optional.of(node.path(word).asString()) : Optional.empty();
    }

    private String linked(String name) {
        return switch (name) {
            case "steps" -> "list of [step](#step)";
            case "words" -> "list of [text](#text)";
            case "namedTexts" -> "names, each with [text](#text)";
            case "baseline", "target" -> "[label](#label)" + (name.equals("baseline") ? ", or `to` and `in`" : "");
            case "only" -> "list of [label](#label)";
            default -> parts.contains(name) ? "[" + name + "](#" + name + ")" : "[" + name + "](#" + anchor(name) + ")";
        };
    }

    private static Optional<String> defaultOf(JsonNode node) {
        String description = node.path("description").asString("");
        return Optional.of(DEFAULT.matcher(description))
                .filter(Matcher::find)
                .or(() -> Optional.of(NAMED_DEFAULT.matcher(description)).filter(Matcher::find))
                .map(found -> found.group(1));
    }

    private static String meaning(JsonNode node, JsonNode schema) {
        String description = node.path("description").asString("");
        if (description.isEmpty() && node.has("$ref")) {
            return meaning(definition(node, schema), schema);
        }
        return DEFAULT.matcher(description).replaceAll("").strip();
    }

    private static Optional<JsonNode> example(JsonNode node, JsonNode schema) {
        if (node.has("examples")) {
            return Optional.of(node.path("examples").path(0));
        }
        if (node.has("const")) {
            return Optional.of(node.path("const"));
        }
        if (node.has("enum")) {
            return Optional.of(node.path("enum").path(node.path("enum").size() - 1));
        }
        if (node.has("$ref")) {
            return example(definition(node, schema), schema);
        }
        return node.path("type").asString("").equals("boolean")
                ? Optional.of(tools.jackson.databind.node.BooleanNode.TRUE)
                : Optional.empty();
    }

    private static JsonNode definition(JsonNode node, JsonNode schema) {
        return schema.path("$defs").path(name(node.path("$ref").asString()));
    }

    /** A schema's words are no Markdown. */
    private static String plain(String text) {
        return text.replaceAll("[<*_\\[\\]]", "\\\\$0");
    }

    private static String name(String reference) {
        return reference.substring(reference.lastIndexOf('/') + 1);
    }

    /** As GitHub and {@link MarkdownPage} make it of a heading. */
    private static String anchor(String heading) {
        return heading.toLowerCase(java.util.Locale.ROOT).replace(".", "");
    }

    private static String kinds(JsonNode scenario, JsonNode dataset) {
        StringBuilder text = new StringBuilder();
        Set<String> seen = new LinkedHashSet<>(SCENARIO_PARTS);
        seen.addAll(DATASET_PARTS);
        seen.addAll(List.of("steps", "words", "namedTexts", "baseline", "target", "only"));
        for (JsonNode schema : List.of(scenario, dataset)) {
            for (Map.Entry<String, JsonNode> kind : schema.path("$defs").properties()) {
                if (seen.add(kind.getKey())) {
                    text.append("### ").append(kind.getKey()).append("\n\n");
                    text.append(plain(meaning(kind.getValue(), schema)));
                    if (kind.getValue().has("enum")) {
                        text.append(" One of ")
                                .append(new SchemaReference(schema, List.of()).kind(kind.getValue()))
                                .append('.');
                    }
                    example(kind.getValue(), schema)
                            .ifPresent(value -> text.append(" Such as `")
                                    .append(FlowYaml.alone(value))
                                    .append("`."));
                    text.append("\n\n");
                }
            }
        }
        return text.toString().strip() + "\n";
    }
}
