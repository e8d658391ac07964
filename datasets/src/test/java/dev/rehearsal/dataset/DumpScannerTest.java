package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DumpScannerTest {
    /** The smallest, so that everything stands across its end at some time. */
    private static final int TINY = 16;

    static List<Arguments> cuts() {
        return List.of(
                arguments("select 1;\nselect 2;\n", List.of("1 select 1", "2 select 2")),
                arguments("-- a; b\n/* c; /* d; */ e; */ select 1;;\n;", List.of("2 select 1")),
                arguments(
                        "insert into t values ('a;''b\\', 'c');\nselect 1;",
                        List.of("1 insert into t values ('a;''b\\', 'c')", "2 select 1")),
                arguments(
                        "select E'a\\';b', 'x';\n\nselect \"a;\"\"b\";",
                        List.of("1 select E'a\\';b', 'x'", "3 select \"a;\"\"b\"")),
                arguments("select typE'a\\';", List.of("1 select typE'a\\'")),
                arguments(
                        "do $$ begin; ' end; $$;\ndo $a$ $$ ; $b$ ; $a$;",
                        List.of("1 do $$ begin; ' end; $$", "2 do $a$ $$ ; $b$ ; $a$")),
                arguments("select a$b$c; select $1;", List.of("1 select a$b$c", "1 select $1")),
                arguments(
                        "create rule r as on insert to t do (select 1; select 2);",
                        List.of("1 create rule r as on insert to t do (select 1; select 2)")),
                arguments(
                        "create or replace function f() returns int begin atomic; select case when true then 1 end; select 2; end;\nselect 3;",
                        List.of(
                                "1 create or replace function f() returns int begin atomic; select case when true then 1 end; select 2; end",
                                "2 select 3")),
                arguments("begin; select atomic; end;", List.of("1 begin", "1 select atomic", "1 end")),
                arguments(
                        "\\restrict abc\n\nselect 1;\n\\unrestrict abc",
                        List.of("1 command \\restrict abc", "3 select 1", "4 command \\unrestrict abc")),
                arguments("\ufeffselect 'é;';", List.of("1 select 'é;'")),
                arguments("select 1 -- it's; not over\n, 2;", List.of("1 select 1 -- it's; not over\n, 2")));
    }

    @ParameterizedTest
    @MethodSource("cuts")
    void cutsWherePsqlCuts(String dump, List<String> expected) throws Exception {
        assertThat(parts(dump, TINY)).isEqualTo(expected);
        assertThat(parts(dump, 1 << 16)).isEqualTo(expected);
    }

    @Test
    void backslashesEscapeInOldDumps() throws Exception {
        DumpScanner scanner = scanner("select 'a\\';b';", TINY);
        scanner.backslashesEscape(true);

        DumpScanner.Part.Sql part = (DumpScanner.Part.Sql) scanner.next().orElseThrow();

        assertThat(text(part.text())).isEqualTo("select 'a\\';b'");
    }

    static List<Arguments> rows() {
        return List.of(
                arguments("1\n2\n\\.\n", "1\n2\n", 5L),
                arguments("\\.\n", "", 3L),
                arguments("\\N\t1\n\\.x\n\\\\.\n\\.\r\n", "\\N\t1\n\\.x\n\\\\.\n", 6L),
                arguments(
                        "a very long row that is longer than the buffer\nb\n\\.\n",
                        "a very long row that is longer than the buffer\nb\n",
                        5L),
                arguments("1\n\\.", "1\n", 3L));
    }

    @ParameterizedTest
    @MethodSource("rows")
    void handsOnRowsUpToTheirEnd(String rows, String expected, long lineBehind) throws Exception {
        // Where nothing ends the line behind the rows, nothing can follow it.
        String behind = rows.endsWith("\n") ? "select 1;" : "";
        for (int size : List.of(TINY, 17, 19, 64, 1 << 16)) {
            DumpScanner scanner = scanner("copy t from stdin;\n" + rows + behind, size);
            scanner.next();
            ByteArrayOutputStream sunk = new ByteArrayOutputStream();

            scanner.rows(sunk::write);

            assertThat(sunk.toString(StandardCharsets.UTF_8)).isEqualTo(expected);
            assertThat(scanner.line()).isEqualTo(lineBehind);
            assertThat(scanner.next().isPresent()).isEqualTo(!behind.isEmpty());
        }
    }

    @Test
    void anyRowsComeOutAsTheyWentIn() throws Exception {
        Random random = new Random(42);
        for (int round = 0; round < 300; round++) {
            StringBuilder rows = new StringBuilder();
            int count = random.nextInt(20);
            for (int i = 0; i < count; i++) {
                int length = random.nextInt(40);
                for (int c = 0; c < length; c++) {
                    rows.append("\\.N\tab\r".charAt(random.nextInt(7)));
                }
                rows.append("x\n");
            }
            DumpScanner scanner = scanner("copy t from stdin;\n" + rows + "\\.\nselect 1;", TINY + random.nextInt(40));
            scanner.next();
            ByteArrayOutputStream sunk = new ByteArrayOutputStream();

            scanner.rows(sunk::write);

            assertThat(sunk.toString(StandardCharsets.UTF_8)).isEqualTo(rows.toString());
            assertThat(scanner.next().orElseThrow().line()).isEqualTo(count + 3L);
            assertThat(scanner.offset()).isEqualTo(19L + rows.length() + 3 + 9);
        }
    }

    static List<Arguments> damages() {
        return List.of(
                arguments("select 1;\nselect 'a", "ends within the statement that begins at line 2"),
                arguments("\nselect $a$ $b$", "ends within the statement that begins at line 2"),
                arguments("create table t (id int)", "ends within the statement that begins at line 1"),
                arguments("\n/* never", "ends within the comment that begins at line 2"));
    }

    @ParameterizedTest
    @MethodSource("damages")
    void saysWhereACutOffDumpEnds(String dump, String expected) {
        assertThatThrownBy(() -> parts(dump, TINY))
                .isInstanceOf(DumpScanner.CutOffException.class)
                .hasMessage(expected);
    }

    @Test
    void saysThatRowsAreCutOff() throws Exception {
        DumpScanner scanner = scanner("copy t from stdin;\n1\n2\n", TINY);
        scanner.next();

        assertThatThrownBy(() -> scanner.rows((bytes, from, length) -> {}))
                .isInstanceOf(DumpScanner.CutOffException.class)
                .hasMessage("ends within the rows");
        assertThat(scanner.line()).isEqualTo(4);
    }

    @Test
    void missesTheLastLineOfPgDump() throws Exception {
        String whole = "--\n-- PostgreSQL database dump\n--\nselect 1;\n--\n-- PostgreSQL database dump complete\n--\n";

        assertThat(lacksItsEnd(whole)).isFalse();
        assertThat(lacksItsEnd(whole.substring(0, 44))).isTrue();
        assertThat(lacksItsEnd("select 1;")).as("no dump of pg_dump").isFalse();
    }

    private static boolean lacksItsEnd(String dump) throws Exception {
        DumpScanner scanner = scanner(dump, TINY);
        while (scanner.next().isPresent()) {
            // To the end.
        }
        return scanner.lacksItsEnd();
    }

    private static List<String> parts(String dump, int bufferBytes) throws Exception {
        DumpScanner scanner = scanner(dump, bufferBytes);
        List<String> parts = new ArrayList<>();
        for (Optional<DumpScanner.Part> part = scanner.next(); part.isPresent(); part = scanner.next()) {
            parts.add(
                    switch (part.get()) {
                        case DumpScanner.Part.Sql sql -> sql.line() + " " + text(sql.text());
                        case DumpScanner.Part.Command command -> command.line() + " command " + text(command.text());
                    });
        }
        return parts;
    }

    private static DumpScanner scanner(String dump, int bufferBytes) {
        return new DumpScanner(new ByteArrayInputStream(dump.getBytes(StandardCharsets.UTF_8)), bufferBytes);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
