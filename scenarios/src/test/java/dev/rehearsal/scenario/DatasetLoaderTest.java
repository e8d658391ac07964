package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DatasetLoaderTest {
    @TempDir
    private Path folder;

    @Test
    void readsEveryTable() throws Exception {
        DatasetDefinition dataset = DatasetLoader.load(Written.TINY);

        assertThat(dataset.name()).isEqualTo("tiny");
        assertThat(dataset.used()).isEqualTo(Written.TINY);
        assertThat(dataset.schemaSql()).isEqualTo(Files.readString(Written.TINY.resolve("schema.sql")));
        assertThat(dataset.tables().keySet()).containsExactly("customers", "orders", "coupons");
        assertThat(dataset.tables().get("customers"))
                .isEqualTo(new DatasetDefinition.TableDefinition(
                        "customers",
                        10_000,
                        Map.of(
                                "id",
                                new Generator.Sequence(1),
                                "name",
                                new Generator.Text(5, 20),
                                "email",
                                new Generator.Pattern("user{row}@example.com"),
                                "country",
                                new Generator.Nullable(
                                        new Generator.Choice(List.of("de", "fr", "jp"), List.of(1.0, 1.0, 1.0)),
                                        0.1))));
    }

    @Test
    void readsTheCatalog() throws Exception {
        DatasetDefinition shop =
                DatasetLoader.load(Path.of(System.getProperty("rehearsal.home"), "datasets", "catalog", "shop"));

        assertThat(shop.tables().keySet())
                .containsExactly("customers", "products", "orders", "order_items", "payments");
        assertThat(shop.tables().get("orders").rows()).isEqualTo(1_000_000);
    }

    static List<Arguments> generators() {
        return List.of(
                Arguments.of("{ sequence: 5 }", new Generator.Sequence(5)),
                Arguments.of("{ uniform: [1, 1_000] }", new Generator.UniformLong(1, 1000)),
                Arguments.of(
                        "{ uniform: [1, 2.5] }",
                        new Generator.UniformDecimal(new BigDecimal("1.00"), new BigDecimal("2.50"), 2)),
                Arguments.of(
                        "{ uniform: [-1.125, 2] }",
                        new Generator.UniformDecimal(new BigDecimal("-1.125"), new BigDecimal("2.000"), 3)),
                Arguments.of("{ zipf: 1.1, range: [1, 9] }", new Generator.Zipf(1, 9, 1.1)),
                Arguments.of("{ references: parents.id }", new Generator.References("parents", "id", 0, 0)),
                Arguments.of("{ references: parents.id, zipf: 1 }", new Generator.References("parents", "id", 1, 0)),
                Arguments.of(
                        "{ references: parents.id, correlation: 0.9 }",
                        new Generator.References("parents", "id", 0, 0.9)),
                Arguments.of(
                        "{ choice: { a: 1, 'no': 2.5 } }", new Generator.Choice(List.of("a", "no"), List.of(1.0, 2.5))),
                Arguments.of(
                        "{ timestamp: { from: 2023-01-01, to: 2023-01-02T03:04:05Z } }",
                        new Generator.Timestamp(
                                Instant.parse("2023-01-01T00:00:00Z"), Instant.parse("2023-01-02T03:04:05Z"), 0)),
                Arguments.of("{ text: [0, 80] }", new Generator.Text(0, 80)),
                Arguments.of("{ pattern: '##-??' }", new Generator.Pattern("##-??")),
                Arguments.of("{ uuid: {} }", new Generator.Uuid()),
                Arguments.of("{ bool: {} }", new Generator.Bool(0.5)),
                Arguments.of("{ bool: { true: 0.3 } }", new Generator.Bool(0.3)),
                Arguments.of("{ normal: { mean: -1, deviation: 2 } }", new Generator.Normal(-1, 2)),
                Arguments.of("{ lognormal: { mu: 1, sigma: 0.5 } }", new Generator.LogNormal(1, 0.5)),
                Arguments.of("{ faker: address.city }", new Generator.Faker("address.city")),
                Arguments.of("{ text: [1, 5], unique: true }", new Generator.Unique(new Generator.Text(1, 5))),
                Arguments.of("{ text: [1, 5], unique: false }", new Generator.Text(1, 5)),
                Arguments.of(
                        "{ uuid: {}, unique: true, nulls: 0.5 }",
                        new Generator.Nullable(new Generator.Unique(new Generator.Uuid()), 0.5)),
                Arguments.of("{ bytes: [1, 64] }", new Generator.Bytes(1, 64)),
                Arguments.of("{ inet: {} }", new Generator.Inet()),
                Arguments.of("{ interval: [-5, 86_400] }", new Generator.Interval(-5, 86_400)),
                Arguments.of(
                        "{ array: { uniform: [1, 9] } }", new Generator.Array(new Generator.UniformLong(1, 9), 0, 5)),
                Arguments.of(
                        "{ array: { faker: color.name }, length: [1, 3] }",
                        new Generator.Array(new Generator.Faker("color.name"), 1, 3)),
                Arguments.of(
                        "{ json: { n: { sequence: 1 }, inner: { json: { on: { bool: {}, nulls: 0.1 } } } } }",
                        new Generator.Json(Map.of(
                                "n",
                                new Generator.Sequence(1),
                                "inner",
                                new Generator.Json(
                                        Map.of("on", new Generator.Nullable(new Generator.Bool(0.5), 0.1)))))),
                Arguments.of(
                        "{ histogram: { bounds: [1, 5.5, 'x'], distinct: 40, common: { a: 0.25, '7': 0.5 }, correlation: -0.5, width: 12.5 } }",
                        new Generator.Histogram(
                                List.of("1", "5.5", "x"),
                                new Generator.Distinct.Count(40),
                                List.of(new Generator.Common("a", 0.25), new Generator.Common("7", 0.5)),
                                -0.5,
                                OptionalDouble.of(12.5))),
                Arguments.of(
                        "{ histogram: { distinct: 12.5% }, nulls: 0.5 }",
                        new Generator.Nullable(
                                new Generator.Histogram(
                                        List.of(),
                                        new Generator.Distinct.Share(0.125),
                                        List.of(),
                                        0,
                                        OptionalDouble.empty()),
                                0.5)),
                Arguments.of(
                        "{ references: parents.id, popular: [0.2, 0.1], distinct: 3, correlation: 0.5 }",
                        new Generator.PopularReferences(
                                "parents", "id", List.of(0.2, 0.1), new Generator.Distinct.Count(3), 0.5)),
                Arguments.of("{ uuid: {}, nulls: 1 }", new Generator.Nullable(new Generator.Uuid(), 1)));
    }

    @ParameterizedTest
    @MethodSource("generators")
    void readsAGenerator(String text, Generator generator) throws Exception {
        write("{ id: { sequence: 1 }, x: " + text + " }");

        assertThat(DatasetLoader.load(folder).tables().get("things").columns().get("x"))
                .isEqualTo(generator);
    }

    static List<Arguments> mistakes() {
        return List.of(
                mistake(
                        "x: 5",
                        "8:19: tables.things.columns.x: must be a mapping, got 5; write a generator, e.g. { uniform: [1, 500] }"),
                mistake(
                        "x: { sequenze: 1 }",
                        "8:21: tables.things.columns.x.sequenze: unknown key; did you mean 'sequence'?"),
                mistake(
                        "x: { faker: city }",
                        "8:28: tables.things.columns.x.faker: must be a provider and what it makes, such as address.city, got city"),
                mistake(
                        "x: { json: { a: { references: parents.id } } }",
                        "8:32: tables.things.columns.x.json.a: cannot be made within json; references, array, bytes, inet, interval and unique stand alone"),
                mistake(
                        "x: { array: { array: { uuid: {} } } }",
                        "8:28: tables.things.columns.x.array: cannot be an array's element; arrays have one dimension, and are not unique"),
                mistake(
                        "x: { json: { a: { uuid: {} } }, unique: true }",
                        "8:56: tables.things.columns.x.unique: does not go with json, only with uniform or references or choice or timestamp or text or pattern or uuid or faker or bytes or inet or interval"),
                mistake(
                        "x: { uuid: {}, unique: perhaps }",
                        "8:39: tables.things.columns.x.unique: must be true or false, got perhaps"),
                mistake(
                        "x: { uuid: {}, text: [1, 2] }",
                        "8:19: tables.things.columns.x: says two kinds of value, text and uuid; keep one"),
                mistake(
                        "x: { sequence: 1, nulls: 0.5 }",
                        "8:41: tables.things.columns.x.nulls: does not go with sequence, only with uniform or range or references or choice or timestamp or text or pattern or uuid or bool or normal or lognormal or faker or json or array or bytes or inet or interval or histogram"),
                mistake(
                        "x: { uuid: {}, nulls: 2 }",
                        "8:38: tables.things.columns.x.nulls: must be at least 0 and at most 1, got 2"),
                mistake(
                        "x: { text: [5, 2] }",
                        "8:27: tables.things.columns.x.text: must have the smaller number first, got [5, 2]"),
                mistake(
                        "x: { text: [-1, 2] }",
                        "8:27: tables.things.columns.x.text: must be lengths from 0 to 1,000,000, got [-1, 2]"),
                mistake(
                        "x: { references: nowhere.id }",
                        "8:19: tables.things.columns.x: references nowhere, which is no table of the schema; known are parents, things"),
                mistake(
                        "x: { references: parents.lable }",
                        "8:19: tables.things.columns.x: references parents.lable, but table parents has no column of this name; did you mean 'label'?"),
                mistake(
                        "x: { references: parents.id, zipf: 1, correlation: 1 }",
                        "8:19: tables.things.columns.x: has both zipf and correlation; keep one"),
                mistake(
                        "x: { timestamp: { from: 2024-01-01, to: 2023-01-01 } }",
                        "8:56: tables.things.columns.x.timestamp.to: must be later than from, got 2023-01-01T00:00:00Z after 2024-01-01T00:00:00Z"),
                mistake(
                        "x: { timestamp: { from: today, to: 2023-01-01 } }",
                        "8:40: tables.things.columns.x.timestamp.from: must be a date or a moment in UTC, got today; write e.g. 2023-01-01 or 2023-01-01T12:00:00Z"),
                mistake(
                        "x: { histogram: { correlation: 1 } }",
                        "8:32: tables.things.columns.x.histogram: says nothing of the values; write e.g. { bounds: [1, 20, 500], distinct: 400, common: { \"7\": 0.1 } }"),
                mistake(
                        "x: { histogram: { bounds: [1] } }",
                        "8:42: tables.things.columns.x.histogram.bounds: must have at least two values, the least and the greatest, got 1"),
                mistake(
                        "x: { histogram: { common: { a: 0.6, b: 0.5 } } }",
                        "8:42: tables.things.columns.x.histogram.common: must sum up to 1 at most, got 1.1"),
                mistake(
                        "x: { histogram: { bounds: [1, 2], distinct: many } }",
                        "8:60: tables.things.columns.x.histogram.distinct: must be a whole number or a percentage, got many; write how many values there are, e.g. distinct: 5_000, or how many for the rows, e.g. distinct: 40%"),
                mistake(
                        "x: { histogram: { bounds: [1, 2], distinct: 0% } }",
                        "8:60: tables.things.columns.x.histogram.distinct: must be above 0%, got 0%"),
                mistake(
                        "x: { histogram: { distinct: 1, common: { a: 0.1, b: 0.1 } } }",
                        "8:44: tables.things.columns.x.histogram.distinct: must count the common values too, of which there are 2, got 1"),
                mistake(
                        "x: { references: parents.id, popular: [0.9, 0.2] }",
                        "8:54: tables.things.columns.x.popular: must sum up to 1 at most, got 1.1"),
                mistake(
                        "x: { references: parents.id, zipf: 1, distinct: 5 }",
                        "8:19: tables.things.columns.x: has both zipf and popular or distinct; keep one way to say how popular keys are"),
                mistake(
                        "x: { uuid: {}, distinct: 5 }",
                        "8:41: tables.things.columns.x.distinct: does not go with uuid, only with references"),
                mistake(
                        "x: { normal: { mean: 1 } }",
                        "8:29: tables.things.columns.x.normal: 'deviation' is missing; write e.g. { mean: 10, deviation: 2 }"),
                mistake(
                        "y: { uuid: {} }",
                        "8:16: tables.things.columns.y: table things has no column of this name; known are id, x, made"),
                mistake(
                        "made: { uuid: {} }",
                        "8:16: tables.things.columns.made: the server makes this column itself (generated always as …); remove it"));
    }

    private static Arguments mistake(String column, String problem) {
        return Arguments.of(column, problem);
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void saysWhatIsWrongWithAColumn(String column, String problem) throws Exception {
        write("{ " + column + " }");

        assertThat(problems()).containsExactly("dataset.yaml:" + problem);
    }

    @Test
    void tablesAndColumnsThatNobodyMentionsComeWithTheSchema() throws Exception {
        Files.writeString(folder.resolve("schema.sql"), """
                create table parents (id bigint primary key);
                create table things (id bigint not null) partition by hash (id);
                create table things_0 partition of things for values with (modulus 1, remainder 0);
                """);
        Files.writeString(folder.resolve("dataset.yaml"), "name: few\ntables: { things: { rows: 5 } }\n");

        assertThat(DatasetLoader.load(folder).tables())
                .containsExactly(
                        Map.entry("things", new DatasetDefinition.TableDefinition("things", 5, true, Map.of())),
                        Map.entry(
                                "parents", new DatasetDefinition.TableDefinition("parents", 10_000, false, Map.of())));
    }

    @Test
    void aFolderWithoutADescriptionAndASchemaFileAloneAreDatasets() throws Exception {
        Path schema = folder.resolve("Web Shop.sql");
        String sql = "\\restrict abc\nset search_path = shop;\ncreate table items (id int);\n\\unrestrict abc\n";
        Files.writeString(schema, sql);
        Files.writeString(folder.resolve("schema.sql"), sql);

        assertThat(DatasetLoader.load(schema))
                .isEqualTo(new DatasetDefinition(
                        "web-shop",
                        schema,
                        schema,
                        sql,
                        Map.of("shop.items", DatasetDefinition.TableDefinition.unmentioned("shop.items"))));
        assertThat(DatasetLoader.load(folder).schemaFile()).isEqualTo(folder.resolve("schema.sql"));
    }

    @Test
    void aFolderOfNothingAndASchemaOfNothingAreNoDatasets() throws Exception {
        assertThat(problems())
                .containsExactly(folder.getFileName() + ":1:1: dataset folder " + SourceFile.displayName(folder)
                        + " has neither a schema.sql nor a dataset.yaml");
        Files.writeString(folder.resolve("schema.sql"), "select 1;");
        assertThat(problems()).containsExactly("schema.sql:1:1: the schema creates no table; a dataset needs one");
    }

    @Test
    void aMissingSchemaFileIsOneProblem() throws Exception {
        write("{ id: { sequence: 1 } }");
        Files.delete(folder.resolve("schema.sql"));

        assertThat(problems())
                .containsExactly("dataset.yaml:2:9: schema: schema file "
                        + SourceFile.displayName(folder.resolve("schema.sql")) + " does not exist; check the path");
    }

    @Test
    void aBrokenSchemaFileIsShown() throws Exception {
        write("{ id: { sequence: 1 } }");
        Files.writeString(
                folder.resolve("schema.sql"), "create table parents (id bigint);\ncreate table things (id bigint, 'x");

        assertThat(problems()).contains("schema.sql:2:33: the string that begins here never ends; close it with '");
    }

    private void write(String columns) throws Exception {
        Files.writeString(folder.resolve("schema.sql"), """
                create table parents (id bigint primary key, label text);
                create table things (
                  id bigint not null,
                  x text,
                  made text generated always as (x || '!') stored);
                """);
        Files.writeString(folder.resolve("dataset.yaml"), """
                name: things
                schema: schema.sql
                tables:
                  parents: { rows: 5, columns: { id: { sequence: 1 }, label: { uuid: {} } } }
                  # the one that is tested
                  things:
                    rows: 10
                    columns: %s
                """.formatted(columns));
    }

    private List<String> problems() {
        try {
            DatasetLoader.load(folder);
            return List.of();
        } catch (InvalidScenarioException e) {
            return e.problems().stream().map(Written::line).toList();
        }
    }
}
