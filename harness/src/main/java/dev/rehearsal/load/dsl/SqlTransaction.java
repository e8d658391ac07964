package dev.rehearsal.load.dsl;

import io.gatling.core.action.Action;
import io.gatling.core.structure.ScenarioContext;
import io.gatling.javaapi.core.ActionBuilder;
import java.util.List;

/** A step of a user's: statements that are sent together, and reported under one name; see {@link SqlDsl#transaction}. */
public record SqlTransaction(String name, List<SqlStatement> statements) implements ActionBuilder {
    public SqlTransaction {
        statements = List.copyOf(statements);
    }

    @Override
    public io.gatling.core.action.builder.ActionBuilder asScala() {
        return new io.gatling.core.action.builder.ActionBuilder() {
            @Override
            public Action build(ScenarioContext context, Action next) {
                return new TransactionAction(SqlTransaction.this, next);
            }
        };
    }
}
