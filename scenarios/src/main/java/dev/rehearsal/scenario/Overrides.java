package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.Position;
import dev.rehearsal.scenario.yaml.YamlDocument;
import dev.rehearsal.scenario.yaml.YamlNode;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Puts values from the command line ({@code --set workload.services[0].rate=50/s}) into the tree of a scenario, before it is read. So they
 * are checked like what the file says, with places of their own.
 */
final class Overrides {
    /** What locations show instead of a file. */
    static final String SOURCE = "--set";

    private static final Pattern PART = Pattern.compile("\\.?([^.\\[\\]]+)|\\[([0-9]{1,6})]");
    private static final String SETTINGS = "environment.settings.";

    private final Problems problems;

    private Overrides(Problems problems) {
        this.problems = problems;
    }

    /** The tree with {@code overrides} in it. What cannot be put anywhere is reported. */
    static Value apply(Value root, Map<String, String> overrides, Problems problems) {
        List<String> lines = overrides.entrySet().stream()
                .map(entry -> entry.getKey() + "=" + entry.getValue())
                .toList();
        problems.register(new SourceFile(SOURCE, String.join("\n", lines), lines));
        Overrides applier = new Overrides(problems);
        YamlNode node = root.node();
        int line = 0;
        for (Map.Entry<String, String> override : overrides.entrySet()) {
            line++;
            node = applier.apply(node, override.getKey(), override.getValue(), line);
        }
        return new Value(node, "", problems);
    }

    private YamlNode apply(YamlNode root, String path, String text, int line) {
        Position key = new Position(SOURCE, line, 1);
        Optional<List<Part>> parts = parts(path);
        if (parts.isEmpty()) {
            problems.add(
                    Value.location(key),
                    path,
                    "is not a path; write e.g. --set dataset.scale=0.01 or --set workload.services[0].rate=50/s");
            return root;
        }
        Optional<YamlNode> value =
                value(text, new Position(SOURCE, line, path.codePointCount(0, path.length()) + 2), path);
        return value.flatMap(node -> put(root, parts.get(), 0, node, key)).orElse(root);
    }

    /** A list or mapping in YAML's flow style, or a text as it is. */
    private Optional<YamlNode> value(String text, Position position, String path) {
        if (text.isEmpty() || "[{\"'".indexOf(text.charAt(0)) < 0) {
            return Optional.of(new YamlNode.Scalar(text, true, position));
        }
        String padded = " ".repeat(position.column() - 1) + text;
        YamlDocument document = YamlParser.parse(SOURCE, "\n".repeat(position.line() - 1) + padded);
        document.faults().forEach(fault -> problems.add(Value.location(fault.position()), path, fault.message()));
        return document.root();
    }

    private sealed interface Part {
        record Key(String name, int column) implements Part {}

        record Index(int number) implements Part {}
    }

    private static Optional<List<Part>> parts(String path) {
        if (path.startsWith(SETTINGS) && path.length() > SETTINGS.length()) {
            return Optional.of(List.of(
                    new Part.Key("environment", 1),
                    new Part.Key("settings", 13),
                    new Part.Key(path.substring(SETTINGS.length()), SETTINGS.length() + 1)));
        }
        List<Part> parts = new ArrayList<>();
        Matcher matcher = PART.matcher(path);
        int end = 0;
        while (matcher.find() && matcher.start() == end) {
            end = matcher.end();
            parts.add(
                    matcher.group(1) != null
                            ? new Part.Key(matcher.group(1), matcher.start(1) + 1)
                            : new Part.Index(Integer.parseInt(matcher.group(2))));
        }
        boolean whole = end == path.length() && !parts.isEmpty() && parts.get(0) instanceof Part.Key;
        return whole && !path.startsWith(".") ? Optional.of(parts) : Optional.empty();
    }

    /** @return empty if it was reported that {@code parts} lead nowhere */
    private Optional<YamlNode> put(YamlNode node, List<Part> parts, int depth, YamlNode value, Position position) {
        if (depth == parts.size()) {
            return Optional.of(value);
        }
        return switch (parts.get(depth)) {
            case Part.Key key -> putKey(node, key, parts, depth, value, position);
            case Part.Index index -> putIndex(node, index, parts, depth, value, position);
        };
    }

    private Optional<YamlNode> putKey(
            YamlNode node, Part.Key key, List<Part> parts, int depth, YamlNode value, Position position) {
        Position place = new Position(SOURCE, position.line(), key.column());
        boolean nothing = node instanceof YamlNode.Scalar scalar && scalar.isNothing();
        if (!(node instanceof YamlNode.Mapping) && !nothing) {
            problems.add(
                    Value.location(place),
                    written(parts, depth + 1),
                    "leads nowhere: " + where(parts, depth) + " has no keys");
            return Optional.empty();
        }
        List<YamlNode.Entry> entries =
                node instanceof YamlNode.Mapping mapping ? new ArrayList<>(mapping.entries()) : new ArrayList<>();
        int at = 0;
        while (at < entries.size() && !entries.get(at).key().value().equals(key.name())) {
            at++;
        }
        boolean added = at == entries.size();
        boolean list = depth + 1 < parts.size() && parts.get(depth + 1) instanceof Part.Index;
        if (added && list) {
            List<String> known =
                    entries.stream().map(entry -> entry.key().value()).toList();
            problems.add(
                    Value.location(place),
                    written(parts, depth + 1),
                    "is not in the file, so it has no elements; " + Nearest.advice(key.name(), known));
            return Optional.empty();
        }
        YamlNode old = added
                ? new YamlNode.Mapping(List.of(), false, place)
                : entries.get(at).value();
        YamlNode.Scalar name = added
                ? new YamlNode.Scalar(key.name(), true, place)
                : entries.get(at).key();
        Optional<YamlNode> changed = put(old, parts, depth + 1, value, position);
        if (changed.isEmpty()) {
            return Optional.empty();
        }
        YamlNode.Entry entry = new YamlNode.Entry(name, changed.get());
        if (added) {
            entries.add(entry);
        } else {
            entries.set(at, entry);
        }
        boolean flow = node instanceof YamlNode.Mapping mapping && mapping.flow();
        return Optional.of(new YamlNode.Mapping(entries, flow, node.position()));
    }

    private Optional<YamlNode> putIndex(
            YamlNode node, Part.Index index, List<Part> parts, int depth, YamlNode value, Position position) {
        List<YamlNode> items =
                node instanceof YamlNode.Sequence sequence ? new ArrayList<>(sequence.items()) : new ArrayList<>();
        if (index.number() >= items.size()) {
            problems.add(
                    Value.location(position),
                    written(parts, depth + 1),
                    "leads nowhere: " + where(parts, depth) + " has " + items.size() + " elements, counted from 0");
            return Optional.empty();
        }
        return put(items.get(index.number()), parts, depth + 1, value, position).map(changed -> {
            items.set(index.number(), changed);
            return new YamlNode.Sequence(items, node.position());
        });
    }

    private static String where(List<Part> parts, int depth) {
        String path = written(parts, depth);
        return path.isEmpty() ? "the scenario" : path;
    }

    private static String written(List<Part> parts, int depth) {
        StringBuilder path = new StringBuilder();
        for (Part part : parts.subList(0, depth)) {
            switch (part) {
                case Part.Key key -> path.append(path.isEmpty() ? "" : ".").append(key.name());
                case Part.Index index -> path.append('[').append(index.number()).append(']');
            }
        }
        return path.toString();
    }
}
