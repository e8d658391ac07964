package dev.rehearsal.scenario;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.rehearsal.scenario.yaml.YamlNode;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Holds a file against the JSON Schema that editors complete from.
 *
 * <p>The readers find the same problems with better words, so the loader does not ask the schema: it would only say things twice, and costs
 * more time than everything else. A test proves that the two agree.
 */
final class SchemaNet {
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    private final Schema schema;

    private SchemaNet(Schema schema) {
        this.schema = schema;
    }

    static SchemaNet of(String resource) {
        try (InputStream text = SchemaNet.class.getResourceAsStream(resource)) {
            return new SchemaNet(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(text, InputFormat.JSON));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the schema refuses in a text that is YAML; empty if nothing. */
    List<String> refusals(String text) {
        return refusals(YamlParser.parse("text", text).root().orElseThrow());
    }

    /** What the schema refuses in the tree; empty if nothing. */
    List<String> refusals(YamlNode root) {
        return schema.validate(json(root)).stream().map(Error::toString).toList();
    }

    /** As YAML 1.2's core schema reads scalars, which is what editors do. */
    private static JsonNode json(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar -> scalar(scalar);
            case YamlNode.Sequence sequence -> {
                ArrayNode array = NODES.arrayNode();
                sequence.items().forEach(item -> array.add(json(item)));
                yield array;
            }
            case YamlNode.Mapping mapping -> {
                ObjectNode object = NODES.objectNode();
                mapping.entries().forEach(entry -> object.set(entry.key().value(), json(entry.value())));
                yield object;
            }
        };
    }

    private static JsonNode scalar(YamlNode.Scalar scalar) {
        String value = scalar.value();
        if (scalar.isNothing()) {
            return NODES.nullNode();
        }
        if (scalar.plain() && value.matches("[-+]?[0-9]+")) {
            return NODES.numberNode(new BigInteger(value));
        }
        if (scalar.plain() && value.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")) {
            return NODES.numberNode(new BigDecimal(value));
        }
        if (scalar.plain() && value.matches("true|True|TRUE|false|False|FALSE")) {
            return NODES.booleanNode(value.equalsIgnoreCase("true"));
        }
        return NODES.stringNode(value);
    }
}
