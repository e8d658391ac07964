package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.ChangeSets;
import dev.rehearsal.scenario.MigrationSource;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import liquibase.Contexts;
import liquibase.LabelExpression;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryEnum;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.filter.ContextChangeSetFilter;
import liquibase.changelog.filter.DbmsChangeSetFilter;
import liquibase.changelog.filter.IgnoreChangeSetFilter;
import liquibase.changelog.filter.LabelChangeSetFilter;
import liquibase.database.Database;
import liquibase.database.DatabaseConnection;
import liquibase.database.OfflineConnection;
import liquibase.database.core.PostgresDatabase;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;
import liquibase.lockservice.DatabaseChangeLogLock;
import liquibase.lockservice.LockServiceFactory;
import liquibase.logging.core.NoOpLogService;
import liquibase.resource.DirectoryResourceAccessor;
import liquibase.ui.LoggerUIService;

/** Liquibase's change logs. Stateless. */
public final class ChangeLogs implements ChangeSets {
    /** What may end in Liquibase's own exception. */
    interface Work<T> {
        T run() throws LiquibaseException;
    }

    /** For {@link java.util.ServiceLoader}. */
    public ChangeLogs() {}

    /** Without a word to the console or to anybody else: what is to be said of a failure is in its exception. */
    static <T> T quietly(Work<T> work) throws LiquibaseException {
        Map<String, Object> scope = Map.of(
                Scope.Attr.logService.name(),
                new NoOpLogService(),
                Scope.Attr.ui.name(),
                new LoggerUIService(),
                "liquibase.analytics.enabled",
                "false");
        try {
            return Scope.child(scope, work::run);
        } catch (LiquibaseException e) {
            throw e;
        } catch (Exception e) {
            throw new LiquibaseException(e);
        }
    }

    /** @param source whose change log the result has parsed, with parameters for this server */
    static Liquibase connected(MigrationSource.Liquibase source, ToolAccess access) throws LiquibaseException {
        try {
            Connection connection = DriverManager.getConnection(access.jdbcUrl(), access.user(), access.password());
            Liquibase liquibase = over(source, new JdbcConnection(connection));
            liquibase.setShowSummary(UpdateSummaryEnum.OFF);
            refuseLocked(liquibase.getDatabase());
            return liquibase;
        } catch (SQLException e) {
            throw new LiquibaseException("cannot connect: " + e.getMessage(), e);
        }
    }

    /** Nobody else is here who could give back a lock that was left behind; Liquibase would wait for it for minutes, and say so on the console. */
    private static void refuseLocked(Database database) throws LiquibaseException {
        DatabaseChangeLogLock[] held =
                LockServiceFactory.getInstance().getLockService(database).listLocks();
        if (held.length > 0) {
            throw new LiquibaseException("the change log is locked by " + held[0].getLockedBy() + " since "
                    + held[0].getLockGranted().toInstant()
                    + ": a run of it was broken off, or is under way; release it with liquibase release-locks");
        }
    }

    private static Liquibase over(MigrationSource.Liquibase source, DatabaseConnection connection)
            throws LiquibaseException {
        try {
            Database database = new PostgresDatabase();
            database.setConnection(connection);
            Liquibase liquibase =
                    new Liquibase(source.changelog(), new DirectoryResourceAccessor(source.root()), database);
            source.parameters().forEach(liquibase::setChangeLogParameter);
            return liquibase;
        } catch (IOException e) {
            throw new LiquibaseException("cannot read " + source.root() + ": " + e.getMessage(), e);
        }
    }

    static String identity(ChangeSet changeSet) {
        return changeSet.getFilePath() + "::" + changeSet.getId() + "::" + changeSet.getAuthor();
    }

    @Override
    public List<ChangeSets.Listed> read(MigrationSource.Liquibase source) throws UnreadableException {
        try {
            return quietly(() -> listed(source));
        } catch (LiquibaseException e) {
            throw new UnreadableException(String.valueOf(e.getMessage()), e);
        }
    }

    private static List<ChangeSets.Listed> listed(MigrationSource.Liquibase source) throws LiquibaseException {
        try {
            DirectoryResourceAccessor files = new DirectoryResourceAccessor(source.root());
            OfflineConnection offline =
                    new OfflineConnection("offline:postgresql?outputLiquibaseSql=none&changeLogFile=/dev/null", files);
            Liquibase liquibase = over(source, offline);
            Database database = liquibase.getDatabase();
            List<ChangeSets.Listed> found = new ArrayList<>();
            Contexts contexts = new Contexts(source.contexts().orElse(""));
            LabelExpression labels = new LabelExpression(source.labels().orElse(""));
            for (ChangeSet changeSet : liquibase.getDatabaseChangeLog().getChangeSets()) {
                if (whyLeftOut(changeSet, database, contexts, labels).isEmpty()) {
                    found.add(new ChangeSets.Listed(
                            identity(changeSet),
                            changeSet.getId(),
                            changeSet.getAuthor(),
                            changeSet.getFilePath(),
                            changeSet.supportsRollback(database)));
                }
            }
            return found;
        } catch (IOException e) {
            throw new LiquibaseException("cannot read " + source.root() + ": " + e.getMessage(), e);
        }
    }

    /** Why Liquibase passes by a change set, a phrase; empty if it does not. */
    static Optional<String> whyLeftOut(
            ChangeSet changeSet, Database database, Contexts contexts, LabelExpression labels) {
        if (!new DbmsChangeSetFilter(database).accepts(changeSet).isAccepted()) {
            return Optional.of("dbms: " + String.join(", ", changeSet.getDbmsSet()));
        }
        if (!new ContextChangeSetFilter(contexts).accepts(changeSet).isAccepted()) {
            return Optional.of("context: " + changeSet.getContextFilter());
        }
        if (!new LabelChangeSetFilter(labels).accepts(changeSet).isAccepted()) {
            return Optional.of("labels: " + changeSet.getLabels());
        }
        return new IgnoreChangeSetFilter().accepts(changeSet).isAccepted()
                ? Optional.empty()
                : Optional.of("ignore: true");
    }
}
