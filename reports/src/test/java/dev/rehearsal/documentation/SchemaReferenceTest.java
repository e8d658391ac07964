package dev.rehearsal.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

class SchemaReferenceTest {
    private static final Path ROOT = Path.of(System.getProperty("rehearsal.home"));

    @Test
    void theCommittedPageIsWhatTheSchemasGive() throws IOException {
        String committed = Files.readString(ROOT.resolve("reports/docs/scenario-reference.md"));

        assertThat(committed)
                .as(
                        "reports/docs/scenario-reference.md is made from the schemas: mvn -pl reports -am package -Dmaven.test.skip, then copy"
                                + " reports/target/documentation/scenario-reference.md over it")
                .isEqualTo(DocumentationBuild.reference());
    }

    @Test
    void writesATableForEachPartWithWhatTheSchemaSaysOfEachKey() {
        JsonNode scenario = json("""
                {
                  "description": "A file.",
                  "required": ["name"],
                  "properties": {
                    "name": {"description": "Of it.", "$ref": "#/$defs/label"},
                    "wait": {
                      "description": "Until then.",
                      "examples": [{"for": "1s"}],
                      "type": "object",
                      "properties": {
                        "for": {"description": "How long | at most. Default 250ms.", "examples": ["1s"], "$ref": "#/$defs/duration"},
                        "of": {"description": "Whose (<old>, the default).", "enum": ["old", "new"]},
                        "times": {"description": "So many. Default: as many as there are.", "examples": [2], "oneOf": [
                          {"type": "integer", "minimum": 1, "maximum": 9}, {"type": "string", "pattern": "^[0-9_]+$"}]}
                      }
                    }
                  },
                  "$defs": {
                    "label": {"description": "A text.", "examples": ["a b"], "type": "string"},
                    "duration": {"description": "With a unit.", "type": "string"}
                  }
                }
                """);

        String page = SchemaReference.render(scenario, json("{}"));

        assertThat(page).contains("""
                ## scenario.yaml

                A file.

                | key | value | default | example | meaning |
                |---|---|---|---|---|
                | `name` | [label](#label) | *required* | `a b` | Of it. |
                | `wait` | [keys](#wait) | – | `{ for: 1s }` | Until then. |

                ### wait

                Until then.

                | key | value | default | example | meaning |
                |---|---|---|---|---|
                | `for` | [duration](#duration) | 250ms | `1s` | How long \\| at most. |
                | `of` | `old`, `new` | – | `new` | Whose (\\<old>, the default). |
                | `times` | whole number, 1 to 9 | as many as there are | `2` | So many. |
                """);
        assertThat(page).contains("""
                ### label

                A text. Such as `a b`.

                ### duration

                With a unit.
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"scenario", "dataset"})
    void everyKeyHasAMeaningAndAnExample(String name) {
        assertThat(SchemaReference.gaps(name, DocumentationBuild.schema(name))).isEmpty();
    }

    @Test
    void namesTheKeysThatHaveNone() {
        JsonNode schema = json("""
                {"properties": {"wait": {"description": "Default 1s.", "type": "object", "properties": {"for": {"description": "So long."}}}}}
                """);

        assertThat(SchemaReference.gaps("scenario", schema))
                .containsExactly(
                        "scenario.wait: no meaning", "scenario.wait: no example", "scenario.wait.for: no example");
    }

    /** What is shown as an example is taken. */
    @ParameterizedTest
    @ValueSource(strings = {"scenario", "dataset"})
    void everyExampleIsValid(String name) {
        JsonNode root = DocumentationBuild.schema(name);
        List<String> refused = new ArrayList<>();

        int examples = examples(root, root, name, refused);

        assertThat(refused).isEmpty();
        assertThat(examples).isGreaterThan(40);
    }

    private static int examples(JsonNode node, JsonNode root, String path, List<String> refused) {
        int count = 0;
        if (node.isObject() && node.path("examples").isArray() && !path.endsWith("/properties")) {
            ObjectNode alone = (ObjectNode) node.deepCopy();
            alone.set("$defs", root.path("$defs"));
            Schema schema = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(alone);
            for (JsonNode example : node.path("examples")) {
                count++;
                schema.validate(example).stream()
                        .map(Error::toString)
                        .forEach(error -> refused.add(path + ": " + example + ": " + error));
            }
        }
        for (var child : node.properties()) {
            if (!child.getKey().equals("examples")) {
                count += examples(child.getValue(), root, path + "/" + child.getKey(), refused);
            }
        }
        if (node.isArray()) {
            for (int i = 0; i < node.size(); i++) {
                count += examples(node.path(i), root, path + "/" + i, refused);
            }
        }
        return count;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{\"at\":{\"step\":\"add column\",\"before\":\"1s\"},\"n\":2} | { at: { step: add column, before: 1s }, n: 2 }",
                "[\"a\",\"b c\",\"08006\",\"57P01\"]                            | [a, b c, '08006', 57P01]",
                "{\"sql\":\"select id, x\"}                                    | { sql: 'select id, x' }",
                "{\"9.99\":true,\"true\":0.1}                                  | { '9.99': true, true: 0.1 }",
                "{}                                                            | {}",
            })
    void writesValuesAsPeopleDo(String json, String yaml) {
        assertThat(FlowYaml.of(json(json))).isEqualTo(yaml);
    }

    private static JsonNode json(String text) {
        return JsonMapper.shared().readTree(text);
    }
}
