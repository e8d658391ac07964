package dev.rehearsal.scenario.sql;

import dev.rehearsal.scenario.sql.SqlToken.Kind;
import java.util.ArrayList;
import java.util.List;

/**
 * A statement with {@code :name} parameters, made ready for JDBC.
 *
 * @param jdbcSql with a {@code ?} for each parameter and every other {@code ?} outside quotes and comments doubled, as pgjdbc wants it
 * @param uses the parameters in order, one for each {@code ?}
 */
public record NamedParameters(String jdbcSql, List<Use> uses) {
    public NamedParameters {
        uses = List.copyOf(uses);
    }

    /**
     * One parameter where it stands.
     *
     * @param name without the colon
     * @param offset of the colon in the statement, in UTF-16 units
     */
    public record Use(String name, int offset) {}

    /** Casts ({@code ::}), slices ({@code [1:2]}), assignments ({@code :=}), quotes and comments hold no parameters. */
    public static NamedParameters of(String statement) {
        StringBuilder jdbc = new StringBuilder();
        List<Use> uses = new ArrayList<>();
        int copied = 0;
        for (SqlToken token : SqlLexer.tokens(statement).all()) {
            boolean parameter = token.kind() == Kind.PARAMETER;
            if (parameter || token.isSymbol("?")) {
                jdbc.append(statement, copied, token.start()).append(parameter ? "?" : "??");
                copied = token.end();
            }
            if (parameter) {
                uses.add(new Use(token.text().substring(1), token.start()));
            }
        }
        jdbc.append(statement, copied, statement.length());
        return new NamedParameters(jdbc.toString(), uses);
    }

    public List<String> names() {
        return uses.stream().map(Use::name).toList();
    }
}
