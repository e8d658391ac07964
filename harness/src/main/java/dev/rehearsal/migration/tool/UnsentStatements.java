package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import dev.rehearsal.scenario.Step.Transaction;
import dev.rehearsal.scenario.sql.SqlScript;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.change.Change;
import liquibase.change.core.ExecuteShellCommandChange;
import liquibase.change.custom.CustomChangeWrapper;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.ChangeSet.RunStatus;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.changelog.visitor.AbstractChangeExecListener;
import liquibase.database.Database;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.exception.PreconditionErrorException;
import liquibase.exception.PreconditionFailedException;
import liquibase.executor.ExecutorService;
import liquibase.executor.jvm.JdbcExecutor;
import liquibase.precondition.FailedPrecondition;
import liquibase.precondition.core.PreconditionContainer.ErrorOption;
import liquibase.precondition.core.PreconditionContainer.FailOption;
import liquibase.sql.visitor.SqlVisitor;
import liquibase.statement.ExecutablePreparedStatement;
import liquibase.statement.SqlStatement;

/**
 * Stands where Liquibase sends its statements, and keeps those of change sets instead. All else is Liquibase's own: which change sets it runs, what their
 * preconditions come to, what SQL they are. Its books it writes as ever, so that it finds later what it has been asked before. Used by one thread, for one step.
 */
final class UnsentStatements extends JdbcExecutor {
    /** Beginnings of the names of its tables. */
    private static final String BOOKS = "databasechangelog";

    private final Step.LiquibaseStep step;
    private final List<Step.ScriptStep> scripts = new ArrayList<>();
    private final List<String> doubts = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final List<Step.SqlStatement> statements = new ArrayList<>();
    private final Map<String, String> taken = new HashMap<>();
    private Optional<ChangeSet> current = Optional.empty();
    private Optional<Change> change = Optional.empty();
    private boolean came;

    UnsentStatements(Step.LiquibaseStep step) {
        this.step = step;
    }

    /** Takes the place of what sends, and hears what Liquibase does. */
    void standIn(Liquibase liquibase) throws LiquibaseException {
        setDatabase(liquibase.getDatabase());
        Scope.getCurrentScope().getSingleton(ExecutorService.class).setExecutor("jdbc", liquibase.getDatabase(), this);
        liquibase.setChangeExecListener(new Listener());
        RowPreconditions onRows = RowPreconditions.over(liquibase.getDatabase());
        taken.putAll(onRows.taken(liquibase.getDatabaseChangeLog().getChangeSets()));
        onRows.taken(liquibase.getDatabaseChangeLog()).ifPresent(names -> doubts.add(asIfHeld(names)));
    }

    private static String asIfHeld(String names) {
        return "has a precondition that a copy without rows cannot answer (" + names
                + "): it and what comes after it are looked at as if that held";
    }

    /** Liquibase would have gone no further. */
    void stopped(ToolFailureException failure) {
        came = true;
        doubts.add(Foreseen.notAnalysed(
                "stops the migration (" + String.valueOf(failure.getMessage()).replaceAll("\\s+", " ") + ")"));
    }

    /** @param passedBy change sets that stand around the step's and are not run, a clause each */
    Foreseen foreseen(List<String> passedBy) {
        keep();
        List<String> all = new ArrayList<>(passedBy);
        all.addAll(remarks);
        if (!came) {
            all.add(
                    step.action() == Step.ToolAction.TAKE_BACK
                            ? "takes nothing back: its change set was not run"
                            : "is not run: Liquibase's history in the dataset has it");
        }
        return new Foreseen(scripts, doubts, all);
    }

    @Override
    public void execute(SqlStatement sql, List<SqlVisitor> sqlVisitors) throws DatabaseException {
        if (!isKept(sql, sqlVisitors)) {
            super.execute(sql, sqlVisitors);
        }
    }

    @Override
    public int update(SqlStatement sql, List<SqlVisitor> sqlVisitors) throws DatabaseException {
        return isKept(sql, sqlVisitors) ? 0 : super.update(sql, sqlVisitors);
    }

    private boolean isKept(SqlStatement sql, List<SqlVisitor> sqlVisitors) throws DatabaseException {
        if (current.isEmpty()) {
            return false;
        }
        if (sql instanceof ExecutablePreparedStatement) {
            doubt("whose rows it sends apart from its SQL");
            return true;
        }
        List<String> texts = Stream.of(applyVisitors(sql, sqlVisitors))
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .toList();
        if (texts.stream().anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(BOOKS))) {
            return false;
        }
        texts.forEach(this::cut);
        return true;
    }

    /** The driver sends one statement after the other; what cannot be cut goes to the server as it is. */
    private void cut(String text) {
        SqlScript script = SqlScript.split(text);
        if (script.faults().isEmpty()) {
            script.statements()
                    .forEach(statement -> statements.add(new Step.SqlStatement(statement.text(), step.location())));
        } else {
            statements.add(new Step.SqlStatement(text, step.location()));
        }
    }

    /** What came of the change set before. */
    private void keep() {
        current.filter(changeSet -> !statements.isEmpty())
                .ifPresent(changeSet -> scripts.add(new Step.ScriptStep(
                        step.name(),
                        Optional.empty(),
                        step.source(),
                        step.source().root().resolve(changeSet.getFilePath()),
                        statements,
                        changeSet.isRunInTransaction() ? Transaction.ONE : Transaction.NONE,
                        step.lockPolicy())));
        statements.clear();
        current = Optional.empty();
        change = Optional.empty();
    }

    private void begin(ChangeSet changeSet) {
        keep();
        current = Optional.of(changeSet);
        came = came || ChangeLogs.identity(changeSet).equals(step.changeSets().getLast());
    }

    private void doubt(String why) {
        String sentence = Foreseen.notAnalysed(
                "has the change " + change.map(Change::getSerializedObjectName).orElse("(unnamed)") + ", " + why);
        if (!doubts.contains(sentence)) {
            doubts.add(sentence);
        }
    }

    private void begin(Change next, ChangeSet changeSet) {
        change = Optional.of(next);
        if (next instanceof CustomChangeWrapper custom) {
            doubt("which is code (" + custom.getClassName() + ")");
        } else if (next instanceof ExecuteShellCommandChange) {
            doubt("which is another program");
        } else if (!next.equals(changeSet.getChanges().getFirst()) && dependsOnWhatIsThere(next)) {
            doubts.add(
                    "has the change " + next.getSerializedObjectName()
                            + ", whose SQL depends on what its change set has done by then: it is looked at as it would be without that");
        }
    }

    private boolean dependsOnWhatIsThere(Change next) {
        return next.generateStatementsVolatile(database)
                && !next.getSerializedObjectName().startsWith("load");
    }

    /** Hears what becomes of change sets. */
    private final class Listener extends AbstractChangeExecListener {
        @Override
        public void willRun(ChangeSet changeSet, DatabaseChangeLog log, Database database, RunStatus status) {
            begin(changeSet);
            if (status != RunStatus.NOT_RAN) {
                remarks.add("runs change set " + ChangeLogs.identity(changeSet) + " again ("
                        + (changeSet.shouldAlwaysRun() ? "runAlways" : "runOnChange") + ")");
            }
        }

        @Override
        public void willRun(Change next, ChangeSet changeSet, DatabaseChangeLog log, Database database) {
            if (step.action() == Step.ToolAction.APPLY) {
                // Known by now: those of its preconditions that could be tried held.
                Optional.ofNullable(taken.remove(ChangeLogs.identity(changeSet)))
                        .ifPresent(names -> doubts.add(asIfHeld(names)));
            }
            begin(next, changeSet);
        }

        @Override
        public void willRollback(ChangeSet changeSet, DatabaseChangeLog log, Database database) {
            begin(changeSet);
            if (!changeSet.hasCustomRollbackChanges()) {
                // Of its inverse changes nothing else is heard.
                changeSet.getChanges().reversed().forEach(each -> begin(each, changeSet));
            }
        }

        @Override
        public void preconditionFailed(PreconditionFailedException error, FailOption onFail) {
            String why = error.getFailedPreconditions().stream()
                    .map(FailedPrecondition::getMessage)
                    .map(message -> message.replaceAll("\\s+", " ").strip())
                    .distinct()
                    .collect(Collectors.joining("; "));
            switch (onFail) {
                case MARK_RAN ->
                    remarks.add("is not run, and marked as run: its precondition does not hold (" + why + ")");
                case CONTINUE -> remarks.add("is not run: its precondition does not hold (" + why + ")");
                case WARN -> remarks.add("is run although its precondition does not hold (" + why + ")");
                case HALT -> {
                    // It comes as a failure.
                }
            }
        }

        @Override
        public void preconditionErrored(PreconditionErrorException error, ErrorOption onError) {
            switch (onError) {
                case MARK_RAN -> remarks.add("is not run, and marked as run: its precondition ends in an error");
                case CONTINUE -> remarks.add("is not run: its precondition ends in an error");
                case WARN -> remarks.add("is run although its precondition ends in an error");
                case HALT -> {
                    // It comes as a failure.
                }
            }
        }
    }
}
