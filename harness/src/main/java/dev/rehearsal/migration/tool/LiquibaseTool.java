package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.exception.LiquibaseException;

/** Liquibase, which is shown the change sets that are applied already and the one that is meant. */
final class LiquibaseTool implements MigrationTool {
    private static final int MOST_NAMED = 3;

    private final Step.LiquibaseStep step;

    LiquibaseTool(Step.LiquibaseStep step) {
        this.step = step;
    }

    @Override
    public void run(ToolAccess access) throws ToolFailureException, InterruptedException {
        try {
            ChangeLogs.quietly(() -> {
                try (Liquibase liquibase = ChangeLogs.connected(step.source(), access)) {
                    carryOut(liquibase);
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

    /** Liquibase does all that it would do, but for sending what its change sets are made of. */
    @Override
    public Foreseen foreseen(ToolAccess access) throws InterruptedException {
        List<String> passedBy = new ArrayList<>();
        UnsentStatements unsent = new UnsentStatements(step);
        try {
            ChangeLogs.quietly(() -> {
                try (Liquibase liquibase = ChangeLogs.connected(step.source(), access)) {
                    passedBy.addAll(passedBy(liquibase));
                    unsent.standIn(liquibase);
                    Scope.child(Map.of(Change.SHOULD_EXECUTE, false), () -> carryOut(liquibase));
                } catch (LiquibaseException e) {
                    throw e;
                } catch (Exception e) {
                    throw new LiquibaseException(e);
                }
                return true;
            });
        } catch (LiquibaseException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            unsent.stopped(ToolFailureException.of("Liquibase", e));
        }
        return unsent.foreseen(passedBy);
    }

    private void carryOut(Liquibase liquibase) throws LiquibaseException {
        Set<String> shown = new HashSet<>(step.changeSets());
        List<ChangeSet> changeSets = liquibase.getDatabaseChangeLog().getChangeSets();
        changeSets.removeIf(changeSet -> !shown.contains(ChangeLogs.identity(changeSet)));
        switch (step.action()) {
            case APPLY -> liquibase.update(contexts(), labels());
            case TAKE_BACK -> {
                // One that a precondition kept from running is not there to be taken back: Liquibase would take the one
                // before it.
                if (liquibase.getDatabase().getRanChangeSet(changeSets.getLast()) != null) {
                    liquibase.rollback(1, contexts(), labels());
                }
            }
            case MARK -> liquibase.changeLogSync(contexts(), labels());
        }
    }

    /** Of the change sets that stand between the one before in the steps and this, or behind the last: that they are not run, and why. */
    private List<String> passedBy(Liquibase liquibase) throws LiquibaseException {
        if (step.action() != Step.ToolAction.APPLY) {
            return List.of();
        }
        Database database = liquibase.getDatabase();
        List<String> before = new ArrayList<>();
        List<String> after = new ArrayList<>();
        boolean met = false;
        for (ChangeSet changeSet : liquibase.getDatabaseChangeLog().getChangeSets()) {
            Optional<String> why = ChangeLogs.whyLeftOut(changeSet, database, contexts(), labels());
            List<String> passed = met ? after : before;
            if (why.isPresent()) {
                passed.add(ChangeLogs.identity(changeSet) + " (" + why.get() + ")");
            } else if (met) {
                // It is told of with the next step.
                after.clear();
                break;
            } else if (ChangeLogs.identity(changeSet).equals(step.changeSets().getLast())) {
                met = true;
            } else {
                before.clear();
            }
        }
        List<String> clauses = new ArrayList<>();
        if (!before.isEmpty()) {
            clauses.add("comes after change sets that are not run: " + named(before));
        }
        if (!after.isEmpty()) {
            clauses.add("comes before change sets that are not run: " + named(after));
        }
        return clauses;
    }

    private static String named(List<String> changeSets) {
        int more = changeSets.size() - MOST_NAMED;
        return String.join(", ", changeSets.subList(0, Math.min(MOST_NAMED, changeSets.size())))
                + (more > 0 ? " and " + more + " more" : "");
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
