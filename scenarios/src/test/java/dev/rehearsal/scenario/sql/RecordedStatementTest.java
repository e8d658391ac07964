package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.sql.RecordedStatement.Role;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RecordedStatementTest {
    static List<Arguments> roles() {
        return List.of(
                Arguments.of("select 1 from t where id = $1", new Role.Compared("", "id")),
                Arguments.of("select 1 from t where t.\"Id\" >= $1::bigint", new Role.Compared("t", "Id")),
                Arguments.of("select 1 from t where $1 < t.id", new Role.Compared("t", "id")),
                Arguments.of("select 1 from t where id in ($2, $3, $1)", new Role.Compared("", "id")),
                Arguments.of("select 1 from t where id = any($1)", new Role.Compared("", "id")),
                Arguments.of("select 1 from t where id between $2 and $1", new Role.Compared("", "id")),
                Arguments.of("select 1 from t where name not like $1", new Role.Compared("", "name")),
                Arguments.of("select 1 from t where lower(t.name) = $1", new Role.Compared("t", "name")),
                Arguments.of("select 1 from t where name::text = $1", new Role.Compared("", "name")),
                Arguments.of("select 1 from t limit $1", new Role.Limit()),
                Arguments.of("select 1 from t offset $1", new Role.Offset()),
                Arguments.of("update t set a = $1, b = $2 where c = $3", new Role.Assigned("", "a")),
                Arguments.of("update t set b = b + $1 where c = $3", new Role.Assigned("", "b")),
                Arguments.of("update t set b = $2 where c = $1", new Role.Compared("", "c")),
                Arguments.of("insert into t (a, b) values ($2, $1)", new Role.Assigned("", "b")),
                Arguments.of("insert into t (a, b) values ($2, $3), ($4, $1::int)", new Role.Assigned("", "b")),
                Arguments.of(
                        "insert into t (a, b) values ($2, f($3)) on conflict (a) do update set b = $1",
                        new Role.Assigned("", "b")),
                Arguments.of("select f($1) from t", new Role.Unknown()));
    }

    @ParameterizedTest
    @MethodSource("roles")
    void readsWhatAParameterIsFor(String sql, Role role) {
        assertThat(RecordedStatement.read(sql).parameters()).containsEntry(1, role);
    }

    static List<Arguments> tables() {
        return List.of(
                Arguments.of(
                        "select 1 from a, only s.b as x join c using (id) where exists (select from d)",
                        Map.of("a", "a", "x", "s.b", "c", "c", "d", "d")),
                Arguments.of(
                        "select extract(year from a.t), a.x is distinct from y from a for update", Map.of("a", "a")),
                Arguments.of("with n as (select * from a), m (x) as (select 1) select * from n, m", Map.of("a", "a")),
                Arguments.of("insert into a (b) select c from d on conflict do nothing", Map.of("a", "a", "d", "d")),
                Arguments.of("delete from a using b where a.id = b.id", Map.of("a", "a", "b", "b")),
                Arguments.of("select * from generate_series($1, $2) g", Map.of()),
                Arguments.of("update a set b = $1", Map.of("a", "a")));
    }

    @ParameterizedTest
    @MethodSource("tables")
    void readsWhichTablesAreNamed(String sql, Map<String, String> tables) {
        assertThat(RecordedStatement.read(sql).tables()).isEqualTo(tables);
    }

    @Test
    void readsTheRest() {
        RecordedStatement statement =
                RecordedStatement.read("select now(), s.f(x) from t -- why\n where a in ($1 /*, ... */) and b = $12;");

        assertThat(statement.verb()).isEqualTo("SELECT");
        assertThat(statement.functions()).isEqualTo(Set.of("now", "f"));
        assertThat(statement.with(number -> ":p" + number))
                .isEqualTo("select now(), s.f(x) from t  \n where a in (:p1  ) and b = :p12");
    }

    @Test
    void aTypeBeforeAConstantBecomesACast() {
        assertThat(RecordedStatement.read("select now() - interval $1, date from t where date = $2")
                        .with(number -> "$" + number))
                .isEqualTo("select now() -  $1::interval, date from t where date = $2");
    }
}
