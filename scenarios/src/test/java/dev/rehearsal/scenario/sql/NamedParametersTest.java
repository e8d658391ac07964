package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamedParametersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '^',
            quoteCharacter = '`',
            value = {
                "select :id                          ^ select ?                           ^ id",
                "select :a, :b, :a                   ^ select ?, ?, ?                     ^ a b a",
                "select :a::int, b::text             ^ select ?::int, b::text             ^ a",
                "select ':a', \":b\", $$:c$$, E'\\':d' ^ select ':a', \":b\", $$:c$$, E'\\':d' ^ ``",
                "select 1 /* :a */ + :b              ^ select 1 /* :a */ + ?              ^ b",
                "select x[1:2], x[a:b], x[f(1):n]    ^ select x[1:2], x[a:b], x[f(1):n]   ^ ``",
                "select x[:i], array[:a, :b], x[y[1]:z] ^ select x[?], array[?, ?], x[y[1]:z] ^ i a b",
                "select j ? 'k', j ?| :keys, '?'     ^ select j ?? 'k', j ??| ?, '?'      ^ keys",
                "select f(a := 1, b => :v)           ^ select f(a := 1, b => ?)           ^ v",
                "select :straße_1                    ^ select ?                           ^ straße_1",
                "select '{\"a\":1}'::jsonb           ^ select '{\"a\":1}'::jsonb          ^ ``",
                "select a:b                          ^ select a?                          ^ b",
                "select now() - :age * interval '1s' ^ select now() - ? * interval '1s'   ^ age",
            })
    void findsParameters(String sql, String jdbcSql, String names) {
        NamedParameters parameters = NamedParameters.of(sql);

        assertThat(parameters.jdbcSql()).isEqualTo(jdbcSql);
        assertThat(String.join(" ", parameters.names())).isEqualTo(names);
    }

    @Test
    void usesPointAtTheColon() {
        NamedParameters parameters = NamedParameters.of("select :a +\n :a");

        assertThat(parameters.uses())
                .isEqualTo(List.of(new NamedParameters.Use("a", 7), new NamedParameters.Use("a", 13)));
    }
}
