package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.SourceLocation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/** Where the parts of a dataset folder stand in its files, for what only the server can find wrong with them. */
final class DatasetPlaces {
    private final DatasetDefinition definition;
    private final Path file;

    DatasetPlaces(DatasetDefinition definition) {
        this.definition = definition;
        this.file = definition.used().resolve("dataset.yaml");
    }

    /** A problem with a table of {@code dataset.yaml}. */
    Problem ofTable(String table, String message) {
        return problem(table, "tables." + table, message, List.of("tables", table));
    }

    /** A problem with how many rows a table has. */
    Problem ofRows(String table, String message) {
        return problem(table, "tables." + table + ".rows", message, List.of("tables", table, "rows"));
    }

    /** A problem with a column's generator in {@code dataset.yaml}. */
    Problem ofColumn(String table, String column, String message) {
        return problem(
                table, "tables." + table + ".columns." + column, message, List.of("tables", table, "columns", column));
    }

    InvalidScenarioException wrongColumn(String table, String column, String message) {
        return new InvalidScenarioException(List.of(ofColumn(table, column, message)));
    }

    /**
     * A problem with the schema's text.
     *
     * @param offset of the offending character in {@link DatasetDefinition#schemaSql()}
     */
    InvalidScenarioException wrongSchema(int offset, String message) {
        return new InvalidScenarioException(List.of(inSchema(offset, "schema", message)));
    }

    private Problem inSchema(int offset, String path, String message) {
        String text = definition.schemaSql();
        int end = Math.clamp(offset, 0, text.length());
        int lineStart = text.lastIndexOf('\n', end - 1) + 1;
        int line = 1
                + (int) text.substring(0, lineStart)
                        .chars()
                        .filter(c -> c == '\n')
                        .count();
        int column = 1 + text.codePointCount(lineStart, end);
        String sourceLine = text.substring(lineStart).lines().findFirst().orElse("");
        String schema = shown(definition.schemaFile());
        return new Problem(new SourceLocation(schema, line, column), path, message, sourceLine);
    }

    /** Where the schema first creates the table; its beginning, if that cannot be told. */
    private int tableOffset(String table) {
        String name = table.substring(table.lastIndexOf('.') + 1);
        Matcher created = Pattern.compile(
                        "create\\s+(?:\\w+\\s+)?table\\s+(?:if\\s+not\\s+exists\\s+)?(?:\"?\\w+\"?\\.)?\"?("
                                + Pattern.quote(name) + ")\\b",
                        Pattern.CASE_INSENSITIVE)
                .matcher(definition.schemaSql());
        return created.find() ? created.start(1) : 0;
    }

    private Problem problem(String table, String path, String message, List<String> keys) {
        if (!Files.exists(file) && Files.exists(definition.schemaFile())) {
            return inSchema(tableOffset(table), path, message);
        }
        try {
            List<String> lines = Files.readAllLines(file);
            Optional<Mark> found = mark(keys);
            if (found.isEmpty()) {
                return inSchema(tableOffset(table), path, message);
            }
            Mark mark = found.get();
            String line = mark.getLine() < lines.size() ? lines.get(mark.getLine()) : "";
            return new Problem(
                    new SourceLocation(shown(file), mark.getLine() + 1, mark.getColumn() + 1), path, message, line);
        } catch (IOException | YamlEngineException unreadable) {
            // The definition did not come from a file (a test's), or the file changed meanwhile: the path still names
            // the place.
            return new Problem(new SourceLocation(shown(file), 1, 1), path, message, "");
        }
    }

    /** The deepest key of the path that is there; empty if not even the table is. */
    private Optional<Mark> mark(List<String> keys) throws IOException {
        Node node = new Compose(LoadSettings.builder().build())
                .composeString(Files.readString(file))
                .orElseThrow(() -> new YamlEngineException("empty"));
        Mark found = node.getStartMark().orElseThrow();
        int depth = 0;
        for (String key : keys) {
            Optional<NodeTuple> entry = entry(node, key);
            if (entry.isEmpty()) {
                break;
            }
            depth++;
            found = entry.get().getKeyNode().getStartMark().orElse(found);
            node = entry.get().getValueNode();
        }
        return depth < 2 ? Optional.empty() : Optional.of(found);
    }

    private static Optional<NodeTuple> entry(Node node, String key) {
        return node instanceof MappingNode mapping
                ? mapping.getValue().stream()
                        .filter(tuple -> tuple.getKeyNode() instanceof ScalarNode scalar
                                && scalar.getValue().equals(key))
                        .findFirst()
                : Optional.empty();
    }

    /** As the user would write it: relative to the working directory where that is shorter. */
    static String shown(Path path) {
        Path here = Path.of("").toAbsolutePath();
        if (!path.isAbsolute()) {
            return path.toString();
        }
        String relative = here.relativize(path).toString();
        return relative.length() < path.toString().length() ? relative : path.toString();
    }
}
