package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.rehearsal.scenario.sql.SqlSchema;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code dataset.restore}. */
class RestoreReaderTest {
    private static final String SCENARIO = """
            name: restored
            dataset: { restore: shop.sql }
            migration: { steps: [ { name: add column, sql: alter table orders add column region text } ] }
            """;

    private static final SqlSchema SCHEMA = SqlSchema.read("""
            create table orders (id bigint generated always as identity primary key, status text);
            create table sales.items (a int, b int, primary key (a, b));
            """);

    private static final RestoredTables TABLES =
            new RestoredTables(SCHEMA, Map.of("orders", 1_000L, "sales.items", 5L));

    @TempDir
    Path folder;

    private Written written;

    @BeforeEach
    void dump() throws IOException {
        written = Written.in(folder);
        Files.writeString(folder.resolve("shop.sql"), "create table orders (id int);\n");
    }

    @Test
    void awaitsTheTablesUntilTheyAreKnown() throws Exception {
        Scenario read = written.load(SCENARIO);

        assertThat(read.dataset())
                .isEqualTo(new RestoreSpec(folder.resolve("shop.sql"), RestoreFormat.PLAIN, Optional.empty()));
        assertThat(read.dataset().name()).isEqualTo("shop");
        assertThat(read.awaitsTables()).isTrue();
    }

    @Test
    void makesUpTheTrafficForTablesThatAreKnown() throws Exception {
        Scenario read = ScenarioLoader.load(written.file("scenario.yaml", SCENARIO), Map.of(), Optional.of(TABLES));

        assertThat(read.awaitsTables()).isFalse();
        assertThat(read.workload().services().getFirst().operations())
                .extracting(Workload.Operation::name)
                .containsExactly("read-orders", "update-orders", "insert-orders");
    }

    @Test
    void namesOfTablesAreCheckedOnceTheyAreKnown() throws Exception {
        String text = SCENARIO + """
                workload:
                  services:
                    - name: app
                      rate: 10/s
                      operations:
                        - { name: read, parameters: { id: { references: ordres.id } }, transaction: "select :id" }
                """;
        Path file = written.file("scenario.yaml", text);

        assertThat(written.problems(text)).isEmpty();
        try {
            ScenarioLoader.load(file, Map.of(), Optional.of(TABLES));
            throw new AssertionError("accepted");
        } catch (InvalidScenarioException e) {
            assertThat(e.problems())
                    .extracting(Written::line)
                    .containsExactly("scenario.yaml:9:57: workload.services[0].operations[0].parameters.id.references:"
                            + " the dataset has no table ordres; did you mean 'orders'?");
        }
    }

    @Test
    void survivesBeingWritten() throws Exception {
        Files.createDirectories(folder.resolve("backup"));
        Files.writeString(folder.resolve("backup/PG_VERSION"), "18\n");
        String text = SCENARIO.replace("shop.sql", "backup, database: shop");
        Scenario read = ScenarioLoader.load(written.file("scenario.yaml", text), Map.of(), Optional.of(TABLES));

        String resolved = ScenarioWriter.write(read);

        assertThat(resolved).contains("dataset: { restore: backup, database: shop }\n");
        assertThat(written.load(resolved).dataset()).isEqualTo(read.dataset());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", resolved).root().orElseThrow()))
                .isEmpty();
    }

    static List<Arguments> mistakes() {
        return List.of(
                arguments(
                        "{ restore: shop.sql, use: tiny, scale: 2, tables: { orders: { rows: 1 } } }",
                        true,
                        List.of(
                                "2:36: dataset.use: makes no sense beside restore: rows are restored or made up, not both; remove it",
                                "2:49: dataset.scale: makes no sense beside restore: its rows are as many as they are; remove it",
                                "2:60: dataset.tables: makes no sense beside restore: its rows are as many as they are; remove it")),
                arguments(
                        "{ restore: shop.sql, database: shop }",
                        false,
                        List.of("2:41: dataset.database: is for a base backup: a dump holds one database; remove it")),
                arguments(
                        "{ use: tiny, database: shop }",
                        true,
                        List.of("2:33: dataset.database: is for restore: which database of a base backup; remove it")),
                arguments(
                        "{ restore: { } }",
                        true,
                        List.of(
                                "2:21: dataset.restore: must be a text, got a mapping; name a dump or a base backup, e.g. restore: ../dumps/shop.sql")),
                arguments(
                        "{ restore: shop.sq }",
                        false,
                        List.of(
                                "2:21: dataset.restore: shop.sq does not exist; name a dump or a base backup, e.g. restore: ../dumps/shop.sql, relative to this file")));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void refusesWhatMakesNoSense(String dataset, boolean knownToTheSchema, List<String> expected) {
        String text = SCENARIO.replace("{ restore: shop.sql }", dataset);

        assertThat(written.problems(text).stream()
                        .map(line -> line.replace(folder + "/", ""))
                        .map(line -> line.replaceAll("dataset.restore: \\S*/shop.sq ", "dataset.restore: shop.sq ")))
                .containsExactlyElementsOf(
                        expected.stream().map(line -> "scenario.yaml:" + line).toList());
        assertThat(SchemaNet.of("scenario.schema.json")
                        .refusals(YamlParser.parse("text", text).root().orElseThrow())
                        .isEmpty())
                .isNotEqualTo(knownToTheSchema);
    }

    static Stream<Arguments> files() throws IOException {
        byte[] tar = new byte[1024];
        System.arraycopy(ascii("ustar"), 0, tar, 257, 5);
        byte[] backup = tar.clone();
        System.arraycopy(ascii("backup_label"), 0, backup, 0, 12);
        byte[] dump = tar.clone();
        System.arraycopy(ascii("toc.dat"), 0, dump, 0, 7);
        return Stream.of(
                arguments(ascii("-- PostgreSQL database dump\n"), "PLAIN"),
                arguments(gzip(ascii("-- PostgreSQL database dump\n")), "PLAIN"),
                arguments(gzip(ascii("insert into t values (1);\n".repeat(100_000))), "PLAIN"),
                arguments(ascii("PGDMP\1\16"), "ARCHIVE"),
                arguments(dump, "ARCHIVE"),
                arguments(backup, "BASE_BACKUP_TAR"),
                arguments(gzip(backup), "BASE_BACKUP_TAR"),
                arguments(new byte[0], "is empty; name a dump of pg_dump"),
                arguments(ascii("Salted__abc"), "is encrypted; decrypt it first"),
                arguments(ascii("-----BEGIN PGP MESSAGE-----\n"), "is encrypted; decrypt it first"),
                arguments(new byte[] {0x28, (byte) 0xb5, 0x2f, (byte) 0xfd, 0}, "is compressed by zstd"),
                arguments(ascii("PK\3\4"), "is compressed by zip"),
                arguments(new byte[] {(byte) 0xff, (byte) 0xfe, '-', 0, '-', 0}, "is UTF-16, as > of PowerShell"),
                arguments(ascii("-- MySQL dump 10.13\n"), "is the dump of another kind of database"),
                arguments(ascii("SQLite format 3\0"), "is the dump of another kind of database"),
                arguments(ascii("--\n-- PostgreSQL database cluster dump\n--\n"), "is the dump of a whole cluster"),
                arguments(ascii("\177ELF\2\1\1\0"), "is no dump of PostgreSQL: it holds binary data"));
    }

    @ParameterizedTest
    @MethodSource("files")
    void tellsWhatAFileIsByItsFirstBytes(byte[] content, String expected) throws IOException {
        Path file = Files.write(folder.resolve("file"), content);

        String told;
        try {
            told = RestoreFormat.of(file).name();
        } catch (RestoreFormat.Unknown unknown) {
            told = unknown.getMessage();
        }

        assertThat(told).startsWith(expected);
    }

    @Test
    void tellsWhatADirectoryIs() throws Exception {
        Path directory = Files.createDirectories(folder.resolve("d"));
        Map<String, RestoreFormat> formats = Map.of(
                "toc.dat",
                RestoreFormat.ARCHIVE,
                "PG_VERSION",
                RestoreFormat.BASE_BACKUP_DIRECTORY,
                "base.tar.gz",
                RestoreFormat.BASE_BACKUP_TAR);

        for (Map.Entry<String, RestoreFormat> format : formats.entrySet()) {
            Path file = Files.writeString(directory.resolve(format.getKey()), "");
            assertThat(RestoreFormat.of(directory)).isEqualTo(format.getValue());
            Files.delete(file);
        }
        assertThat(org.assertj.core.api.Assertions.catchThrowable(() -> RestoreFormat.of(directory)))
                .hasMessage(
                        "is a directory with neither toc.dat (pg_dump -Fd), PG_VERSION nor base.tar (pg_basebackup);"
                                + " name a dump of pg_dump (plain, -Fc, -Fd) or a base backup of pg_basebackup (directory, .tar,"
                                + " .tar.gz)");
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }

    private static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
            gzip.write(content);
        }
        return out.toByteArray();
    }
}
