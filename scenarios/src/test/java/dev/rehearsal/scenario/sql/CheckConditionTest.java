package dev.rehearsal.scenario.sql;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.sql.CheckCondition.Kind;
import dev.rehearsal.scenario.sql.CheckCondition.Limit;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Expressions as pg_get_expr of PostgreSQL 18 writes them. */
class CheckConditionTest {
    static List<Arguments> simple() {
        return List.of(
                Arguments.of("(quantity > 0)", List.of(limit("quantity", Kind.ABOVE, "0"))),
                Arguments.of("((price >= (0)::numeric))", List.of(limit("price", Kind.AT_LEAST, "0"))),
                Arguments.of("(0 < quantity)", List.of(limit("quantity", Kind.ABOVE, "0"))),
                Arguments.of(
                        "((age >= 18) AND (age < '-5'::integer) AND (age <> (-7)))",
                        List.of(
                                limit("age", Kind.AT_LEAST, "18"),
                                limit("age", Kind.BELOW, "-5"),
                                limit("age", Kind.NONE_OF, "-7"))),
                Arguments.of(
                        "((status)::text = ANY ((ARRAY['new'::character varying, 'it''s'::character varying])::text[]))",
                        List.of(limit("status", Kind.ONE_OF, "new", "it's"))),
                Arguments.of(
                        "(role = ANY (ARRAY['member'::text, 'guest'::text]))",
                        List.of(limit("role", Kind.ONE_OF, "member", "guest"))),
                Arguments.of(
                        "(kind <> ALL (ARRAY['a'::text, 'b'::text]))", List.of(limit("kind", Kind.NONE_OF, "a", "b"))),
                Arguments.of(
                        "((kind = 'a'::text) OR (kind = 'b'::text))", List.of(limit("kind", Kind.ONE_OF, "a", "b"))),
                Arguments.of(
                        "((score > (0)::double precision) OR (score IS NULL))",
                        List.of(limit("score", Kind.ABOVE, "0"))),
                Arguments.of("((a IS NULL) OR (a > 5))", List.of(limit("a", Kind.ABOVE, "5"))),
                Arguments.of(
                        "((char_length((name)::text) >= 3) AND (length(code) = 4))",
                        List.of(
                                limit("name", Kind.LENGTH_AT_LEAST, "3"),
                                limit("code", Kind.LENGTH_AT_LEAST, "4"),
                                limit("code", Kind.LENGTH_AT_MOST, "4"))),
                Arguments.of("(length(btrim(name)) > 0)", List.of(limit("name", Kind.LENGTH_AT_LEAST, "1"))),
                Arguments.of(
                        "((\"Code\")::text ~ '^[A-Z]{2}$'::text)", List.of(limit("Code", Kind.MATCHES, "^[A-Z]{2}$"))),
                Arguments.of("(day >= '2020-01-01'::date)", List.of(limit("day", Kind.AT_LEAST, "2020-01-01"))),
                Arguments.of("active", List.of(limit("active", Kind.ONE_OF, "true"))),
                Arguments.of("(NOT deleted)", List.of(limit("deleted", Kind.ONE_OF, "false"))),
                Arguments.of(
                        "((a IS NOT NULL) AND (b IS NULL))",
                        List.of(new Limit("a", Kind.IS_NOT_NULL, List.of()), new Limit("b", Kind.IS_NULL, List.of()))));
    }

    @ParameterizedTest
    @MethodSource("simple")
    void understandsWhatIsSimple(String expression, List<Limit> limits) {
        CheckCondition condition = CheckCondition.read(expression);

        assertThat(condition.limits()).isEqualTo(limits);
        assertThat(condition.understood()).isTrue();
    }

    static List<Arguments> difficult() {
        return List.of(
                Arguments.of("(starts_on < ends_on)", List.of(), Set.of("starts_on", "ends_on")),
                Arguments.of("(upper(name) = name)", List.of(), Set.of("name")),
                Arguments.of("(num_nonnulls(a, b) = 1)", List.of(), Set.of("a", "b")),
                Arguments.of("((a > 0) AND ((b % 2) = 0))", List.of(limit("a", Kind.ABOVE, "0")), Set.of("a", "b")),
                Arguments.of("((a + b) > 0)", List.of(), Set.of("a", "b")));
    }

    @ParameterizedTest
    @MethodSource("difficult")
    void saysWhatItDidNotUnderstand(String expression, List<Limit> limits, Set<String> columns) {
        assertThat(CheckCondition.read(expression)).isEqualTo(new CheckCondition(limits, false, columns));
    }

    @Test
    void anAlternativeThatIsUnderstoodIsEnough() {
        assertThat(CheckCondition.read("(((kind = 'a'::text) AND (f(x) = 1)) OR ((kind = 'b'::text) AND (x IS NULL)))"))
                .isEqualTo(new CheckCondition(
                        List.of(limit("kind", Kind.ONE_OF, "b"), new Limit("x", Kind.IS_NULL, List.of())),
                        true,
                        Set.of("kind", "x")));
    }

    private static Limit limit(String column, Kind kind, String... values) {
        return new Limit(column, kind, List.of(values));
    }
}
