package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.sql.SqlMentions;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import liquibase.changelog.ChangeSet;
import liquibase.changelog.DatabaseChangeLog;
import liquibase.database.Database;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.precondition.CustomPreconditionWrapper;
import liquibase.precondition.Precondition;
import liquibase.precondition.PreconditionLogic;
import liquibase.precondition.core.AndPrecondition;
import liquibase.precondition.core.RowCountPrecondition;
import liquibase.precondition.core.RunningAsPrecondition;
import liquibase.precondition.core.SqlPrecondition;
import liquibase.precondition.core.TableIsEmptyPrecondition;

/**
 * Preconditions that a copy of the schema answers otherwise than the database that it was made of: they look at rows, run code, or ask who it is that runs them.
 *
 * @param relations that hold rows of somebody's, without schema and folded
 */
record RowPreconditions(Set<String> relations) {
    private static final String RELATIONS = """
            select lower(c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and n.nspname <> 'information_schema' and n.nspname !~ '^pg_'
            """;

    RowPreconditions {
        relations = Set.copyOf(relations);
    }

    /** @param database that is connected */
    static RowPreconditions over(Database database) throws DatabaseException {
        Set<String> names = new HashSet<>();
        JdbcConnection connection = (JdbcConnection) database.getConnection();
        try (Statement statement = connection.getUnderlyingConnection().createStatement();
                ResultSet rows = statement.executeQuery(RELATIONS)) {
            while (rows.next()) {
                names.add(rows.getString(1));
            }
        } catch (SQLException e) {
            throw new DatabaseException(e);
        }
        return new RowPreconditions(names);
    }

    /** Takes them away from change sets, so that those are run as if they held; by the change set's identity, how they are called. */
    Map<String, String> taken(List<ChangeSet> changeSets) {
        Map<String, String> taken = new HashMap<>();
        for (ChangeSet changeSet : changeSets) {
            Optional.ofNullable(changeSet.getPreconditions())
                    .map(this::taken)
                    .filter(names -> !names.isEmpty())
                    .ifPresent(names -> taken.put(ChangeLogs.identity(changeSet), named(names)));
        }
        return taken;
    }

    /** The same with those of the change log as a whole. */
    Optional<String> taken(DatabaseChangeLog log) {
        return Optional.ofNullable(log.getPreconditions())
                .map(this::taken)
                .filter(names -> !names.isEmpty())
                .map(RowPreconditions::named);
    }

    private static String named(List<String> names) {
        return names.stream().distinct().collect(Collectors.joining(", "));
    }

    /** Of several that have to hold the others stay; of a choice, or of what must not hold, nothing can be said without all of it. */
    private List<String> taken(AndPrecondition all) {
        List<String> names = new ArrayList<>();
        all.getNestedPreconditions().removeIf(each -> {
            if (each instanceof AndPrecondition inner) {
                names.addAll(taken(inner));
                return false;
            }
            List<String> there = leaves(each)
                    .filter(this::isOnRows)
                    .map(Precondition::getName)
                    .toList();
            names.addAll(there);
            return !there.isEmpty();
        });
        return names;
    }

    private static Stream<Precondition> leaves(Precondition precondition) {
        return precondition instanceof PreconditionLogic logic
                ? logic.getNestedPreconditions().stream().flatMap(RowPreconditions::leaves)
                : Stream.of(precondition);
    }

    private boolean isOnRows(Precondition precondition) {
        return precondition instanceof TableIsEmptyPrecondition
                || precondition instanceof RowCountPrecondition
                || precondition instanceof CustomPreconditionWrapper
                || precondition instanceof RunningAsPrecondition
                || (precondition instanceof SqlPrecondition sql && asksForRows(sql.getSql()));
    }

    private boolean asksForRows(String sql) {
        return SqlMentions.of(sql).names().stream()
                .map(name -> name.toLowerCase(Locale.ROOT))
                .anyMatch(relations::contains);
    }
}
