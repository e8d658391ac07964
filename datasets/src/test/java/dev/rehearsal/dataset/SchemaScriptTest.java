package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.dataset.SchemaScript.Kind;
import dev.rehearsal.dataset.SchemaScript.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaScriptTest {
    @Test
    void cutsBehindTheLastTable() throws Exception {
        SchemaScript script = SchemaScript.of("""
                create type mood as enum ('good', 'bad');
                create table a (id bigint);
                alter table a add primary key (id);
                CREATE UNLOGGED TABLE b (id bigint);
                create index on b (id);
                """);

        assertThat(script.beforeRows()).extracting(Statement::sql).hasSize(4);
        assertThat(script.afterRows()).extracting(Statement::sql).containsExactly("create index on b (id)");
    }

    @Test
    void respectsQuotesCommentsAndBodies() throws Exception {
        String body = """
                create function f() returns trigger language plpgsql as $body$
                begin
                    perform 'a;b'; -- c;d
                    return new;
                end;
                $body$""";
        String sql = "-- one; two\ncreate table a (note text default ';');\n/* three; /* four; */ */\n" + body
                + ";\n\n-- the end;\n";

        SchemaScript script = SchemaScript.of(sql);

        assertThat(script.beforeRows())
                .containsExactly(new Statement("create table a (note text default ';')", sql.indexOf("create table")));
        assertThat(script.afterRows()).containsExactly(new Statement(body, sql.indexOf("create function")));
    }

    @Test
    void findsTheSameStatementTwiceAtItsTwoPlaces() throws Exception {
        SchemaScript script = SchemaScript.of("create table a (id int);\nselect 1;\nselect 1;\n");

        assertThat(script.afterRows()).extracting(Statement::offset).isEqualTo(List.of(25, 35));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "create index i on t (c) | INDEX",
                "CREATE UNIQUE INDEX i ON t (c) | INDEX",
                "create index concurrently i on t (c) | OTHER",
                "alter table t add constraint k primary key (id) | CONSTRAINT",
                "alter table only t add foreign key (id) references u | CONSTRAINT",
                "alter table t cluster on i | OTHER",
                "create view v as select 1 | OTHER"
            })
    void knowsWhatMayRunSideBySide(String sql, Kind kind) {
        assertThat(new Statement(sql, 0).kind()).isEqualTo(kind);
    }

    @Test
    void findsTheTablesThatAStatementNames() {
        Statement statement =
                new Statement("alter table public.Orders add foreign key (c) references \"Odd Name\" (id)", 0);

        assertThat(statement.tablesAmong(Set.of("orders", "Odd Name", "customers", "c")))
                .containsExactlyInAnyOrder("orders", "Odd Name", "c");
    }
}
