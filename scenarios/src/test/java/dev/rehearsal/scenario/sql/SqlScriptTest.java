package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.sql.SqlScript.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SqlScriptTest {
    static List<Arguments> scripts() {
        return List.of(
                script("select 1", "select 1"),
                script("select 1;", "select 1"),
                script(";; select 1 ;; select 2;", "select 1", "select 2"),
                script(""),
                script("  \n-- nothing\n/* at all */ ;"),
                script("-- first\nselect 1 -- last\n; /* two */ select 2", "select 1", "select 2"),
                script("select ';' ; select 'it''s;'", "select ';'", "select 'it''s;'"),
                script("select 'C:\\'; select 2", "select 'C:\\'", "select 2"),
                script("select E'\\';'; select 2", "select E'\\';'", "select 2"),
                script(
                        "select U&'\\0041;', b'0', x'f', n';'; select 2",
                        "select U&'\\0041;', b'0', x'f', n';'",
                        "select 2"),
                script("select \";\" as \"a\"\";\"; select 2", "select \";\" as \"a\"\";\"", "select 2"),
                script("do $$ begin; end $$; select 2", "do $$ begin; end $$", "select 2"),
                script("do $a$ $$ ; $b$ ; $a$; select 2", "do $a$ $$ ; $b$ ; $a$", "select 2"),
                script("select a$b$c; select 2", "select a$b$c", "select 2"),
                script("select $1; select $2", "select $1", "select $2"),
                script("select 1 /* ; /* ; */ ; */ + 1; select 2", "select 1 /* ; /* ; */ ; */ + 1", "select 2"),
                script("select 1 --;\n+ 1; select 2", "select 1 --;\n+ 1", "select 2"),
                script("select 5-- -3\n; select 2", "select 5", "select 2"),
                script(
                        "create rule r as on update to t do (select 1; select 2); select 3",
                        "create rule r as on update to t do (select 1; select 2)",
                        "select 3"),
                script(
                        "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end; select 3",
                        "create or replace function f() returns int begin atomic select case when true then 1 end; select 2; end",
                        "select 3"),
                script("begin; select 1; end; select 2", "begin", "select 1", "end", "select 2"),
                script("select atomic from t; select 2", "select atomic from t", "select 2"),
                script("select 'ä€😀;'; select '名前'", "select 'ä€😀;'", "select '名前'"),
                script("select a[1:2], b::text; select 2", "select a[1:2], b::text", "select 2"),
                script("\ufeffselect 1;\r\nselect 2;\r\n", "select 1", "select 2"));
    }

    private static Arguments script(String text, String... statements) {
        return Arguments.of(text, List.of(statements));
    }

    @ParameterizedTest
    @MethodSource("scripts")
    void cutsWherePsqlCuts(String text, List<String> statements) {
        SqlScript script = SqlScript.split(text);

        assertThat(script.statements()).extracting(Statement::text).isEqualTo(statements);
        assertThat(script.statements())
                .allSatisfy(statement -> assertThat(text)
                        .startsWith("")
                        .satisfies(whole -> assertThat(whole.startsWith(statement.text(), statement.offset()))
                                .isTrue()));
        assertThat(script.faults()).isEmpty();
    }

    static List<Arguments> faults() {
        return List.of(
                fault("select 'a", 7, "the string that begins here never ends; close it with '"),
                fault("select E'a\\'", 7, "the string that begins here never ends; close it with '"),
                fault("select \"a", 7, "the quoted name that begins here never ends; close it with \""),
                fault("do $x$ begin $$", 3, "the text that begins here with $x$ never ends; close it with $x$"),
                fault("select 1 /* /* */", 9, "the comment that begins here never ends; close it with */"),
                fault(
                        "select 1;\n\\copy t from 'f'\nselect 2",
                        10,
                        "\\copy is a command of psql, not SQL; the statements go to the server without psql, so write SQL"),
                fault(
                        "copy t (a) from stdin;",
                        0,
                        "copy … from stdin needs psql, which is not used here; write insert statements"));
    }

    private static Arguments fault(String text, int offset, String message) {
        return Arguments.of(text, new SqlFault(offset, message));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void saysWhereAFaultBegins(String text, SqlFault fault) {
        assertThat(SqlScript.split(text).faults()).containsExactly(fault);
    }

    @Test
    void offsetsPointAtTheFirstCharacter() {
        SqlScript script = SqlScript.split("-- a\n  select 1;\n\tselect 2;");

        assertThat(script.statements()).containsExactly(new Statement("select 1", 7), new Statement("select 2", 18));
    }
}
