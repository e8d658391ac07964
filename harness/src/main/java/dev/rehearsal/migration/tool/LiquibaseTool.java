package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.Step;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.exception.LiquibaseException;

/** Liquibase, which is shown the change sets that are applied already and the one that is meant. */
final class LiquibaseTool implements MigrationTool {
    private final Step.LiquibaseStep step;

    LiquibaseTool(Step.LiquibaseStep step) {
        this.step = step;
    }

    @Override
    public void run(ToolAccess access) throws ToolFailureException, InterruptedException {
        Set<String> shown = new HashSet<>(step.changeSets());
        try {
            ChangeLogs.quietly(() -> {
                try (Liquibase liquibase = ChangeLogs.connected(step.source(), access)) {
                    liquibase
                            .getDatabaseChangeLog()
                            .getChangeSets()
                            .removeIf(changeSet -> !shown.contains(ChangeLogs.identity(changeSet)));
                    switch (step.action()) {
                        case APPLY -> liquibase.update(contexts(), labels());
                        case TAKE_BACK -> liquibase.rollback(1, contexts(), labels());
                        case MARK -> liquibase.changeLogSync(contexts(), labels());
                    }
                }
                return true;
            });
        } catch (LiquibaseException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw ToolFailureException.of("Liquibase", e);
        }
    }

    private Contexts contexts() {
        return new Contexts(step.source().contexts().orElse(""));
    }

    private LabelExpression labels() {
        return new LabelExpression(step.source().labels().orElse(""));
    }

    @Override
    public List<String> books() {
        return List.of("databasechangelog", "databasechangeloglock");
    }
}
