package dev.rehearsal.load.dsl;

import dev.rehearsal.scenario.sql.NamedParameters;
import io.gatling.javaapi.core.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One statement of a transaction; see {@link SqlDsl#sql}. Immutable: each method gives another.
 *
 * @param sql as written
 * @param jdbcSql the same with a {@code ?} for each parameter
 * @param parameterNames the name behind each {@code ?}, in order
 * @param values of parameters that are no attributes of the session
 * @param checks in the order in which they are made
 */
public record SqlStatement(
        String sql,
        String jdbcSql,
        List<String> parameterNames,
        Map<String, Function<Session, ?>> values,
        List<Check> checks) {
    public SqlStatement {
        parameterNames = List.copyOf(parameterNames);
        values = Map.copyOf(values);
        checks = List.copyOf(checks);
    }

    static SqlStatement of(String sql, Map<String, Function<Session, ?>> values, List<Check> checks) {
        NamedParameters named = NamedParameters.of(sql);
        return new SqlStatement(sql, named.jdbcSql(), named.names(), values, checks);
    }

    /** A parameter's value, made from the user's session each time. */
    public SqlStatement with(String parameter, Function<Session, ?> value) {
        if (!parameterNames.contains(parameter)) {
            throw new IllegalArgumentException("there is no :" + parameter + " in " + sql);
        }
        Map<String, Function<Session, ?>> all = new LinkedHashMap<>(values);
        all.put(parameter, value);
        return new SqlStatement(sql, jdbcSql, parameterNames, all, checks);
    }

    /** A parameter's value, always the same. */
    public SqlStatement with(String parameter, Object value) {
        return with(parameter, session -> value);
    }

    /** What must be true of the result; added to what was said before. */
    public SqlStatement check(Check... more) {
        List<Check> all = new ArrayList<>(checks);
        all.addAll(List.of(more));
        return new SqlStatement(sql, jdbcSql, parameterNames, values, all);
    }
}
