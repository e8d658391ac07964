package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.sql.SqlSchema.Column;
import dev.rehearsal.scenario.sql.SqlSchema.Table;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SqlSchemaTest {
    @Test
    void readsColumnsAndKeys() {
        SqlSchema schema = SqlSchema.read("""
                create table public.Orders (
                  id bigint generated always as identity,
                  "Weird, name" numeric(10, 2) not null default 0 check (1 > (0)),
                  customer_id bigint not null references customers (id),
                  total numeric(10,2) generated always as (1 + 2) stored,
                  code varchar(10) unique,
                  created_at timestamp with time zone not null default now(),
                  constraint named check (id > 0),
                  constraint orders_code unique nulls not distinct (code, customer_id)
                );
                alter table only orders add constraint orders_pkey primary key (id), alter column code set not null;
                alter table orders add foreign key (code) references codes (code);
                create unique index concurrently if not exists u on only public.orders using btree (created_at desc, lower(code));
                create index i on orders (total);
                """);

        Map<String, Column> columns = new LinkedHashMap<>();
        columns.put("id", new Column("id", "bigint", true, true, false));
        columns.put("Weird, name", new Column("Weird, name", "numeric(10,2)", true, true, false));
        columns.put("customer_id", new Column("customer_id", "bigint", true, false, false));
        columns.put("total", new Column("total", "numeric(10,2)", false, false, true));
        columns.put("code", new Column("code", "varchar(10)", true, false, false));
        columns.put("created_at", new Column("created_at", "timestamp with time zone", true, true, false));
        assertThat(schema.tables())
                .isEqualTo(Map.of(
                        "orders",
                        new Table(
                                "orders",
                                columns,
                                true,
                                List.of("id"),
                                List.of(
                                        List.of("code"),
                                        List.of("code", "customer_id"),
                                        List.of("created_at", "lower")),
                                Set.of("customer_id", "code"),
                                false)));
    }

    @Test
    void knowsWhatItDoesNotKnow() {
        SqlSchema schema = SqlSchema.read("""
                create unlogged table if not exists a as select 1 as x;
                create table b (like a including all, y int);
                create table c (x int primary key, y serial, z int) partition by range (x);
                create table d partition of c for values from (1) to (2);
                create table other.e (x int);
                create view v as select * from c;
                create function f() returns int language sql begin atomic select 1; create table no (x int); end;
                """);

        assertThat(schema.tables().keySet()).containsExactly("a", "b", "c", "d", "other.e");
        assertThat(schema.tables().get("a").columnsKnown()).isFalse();
        assertThat(schema.tables().get("c").partition()).isFalse();
        assertThat(schema.tables().get("d").partition()).isTrue();
        assertThat(schema.tables().get("b").columnsKnown()).isFalse();
        assertThat(schema.tables().get("c").key()).contains("x");
        assertThat(schema.tables().get("c").columns().get("y")).isEqualTo(new Column("y", "serial", true, true, false));
        assertThat(schema.tables().get("d").columns().keySet()).containsExactly("x", "y", "z");
        assertThat(schema.names()).contains("v", "f", "e").doesNotContain("select 1");
    }

    @Test
    void quotesWhatNeedsQuotes() {
        assertThat(SqlSchema.quoted("orders")).isEqualTo("orders");
        assertThat(SqlSchema.quoted("Orders")).isEqualTo("\"Orders\"");
        assertThat(SqlSchema.quoted("user")).isEqualTo("\"user\"");
        assertThat(SqlSchema.quoted("a\"b")).isEqualTo("\"a\"\"b\"");
    }
}
