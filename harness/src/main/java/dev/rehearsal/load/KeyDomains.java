package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Parameter;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Operation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Reads, before the load begins, which values the references of a workload can have. */
final class KeyDomains {
    /** Larger sets of keys with gaps are sampled. */
    static final int SAMPLE = 200_000;

    private static final Set<String> WHOLE_NUMBERS = Set.of("smallint", "integer", "bigint");

    private KeyDomains() {}

    static String name(Parameter.References references) {
        return references.table() + "." + references.column();
    }

    /**
     * One domain for each referenced column, by {@link #name}.
     *
     * @param seed of samples: the same seed on the same data gives the same sample
     */
    static Map<String, KeyDomain> resolve(Workload workload, long seed, String jdbcUrl) throws EnvironmentException {
        return resolve(
                workload.services().stream()
                        .flatMap(service -> service.versioned().stream())
                        .map(Workload.Versioned::operation)
                        .toList(),
                seed,
                jdbcUrl);
    }

    static Map<String, KeyDomain> resolve(List<Operation> operations, long seed, String jdbcUrl)
            throws EnvironmentException {
        Map<String, Parameter.References> wanted = new TreeMap<>();
        operations.stream()
                .flatMap(operation -> operation.parameters().values().stream())
                .forEach(parameter -> {
                    if (parameter instanceof Parameter.References references) {
                        wanted.put(name(references), references);
                    }
                });
        Map<String, KeyDomain> domains = new TreeMap<>();
        if (wanted.isEmpty()) {
            return domains;
        }
        try (Connection connection = DriverManager.getConnection(jdbcUrl)) {
            for (Map.Entry<String, Parameter.References> entry : wanted.entrySet()) {
                domains.put(entry.getKey(), resolve(connection, entry.getValue(), seed));
            }
        } catch (SQLException e) {
            throw new EnvironmentException(
                    "cannot read the keys that the workload's parameters refer to: " + e.getMessage(),
                    "Check that the server answers and that the referenced tables can be read.",
                    e);
        }
        return domains;
    }

    private static KeyDomain resolve(Connection connection, Parameter.References references, long seed)
            throws SQLException, EnvironmentException {
        Column column = column(connection, references);
        String extremes = column.wholeNumbers() ? "min(%1$s), max(%1$s)".formatted(column.name()) : "0, 0";
        try (Statement statement = connection.createStatement();
                ResultSet extent = statement.executeQuery(
                        "select count(%s), %s from %s".formatted(column.name(), extremes, column.table()))) {
            extent.next();
            long count = extent.getLong(1);
            if (count == 0) {
                throw new EnvironmentException(
                        "a parameter of the workload references " + name(references) + ", which has no values",
                        "Give the table rows in the dataset, or do not refer to it.");
            }
            if (column.wholeNumbers()) {
                long min = extent.getLong(2);
                long max = extent.getLong(3);
                // Duplicates could make up for gaps; then some keys are misses, as wide of the mark as their gaps.
                if (max - min + 1 == count) {
                    return new KeyDomain.Dense(min, max);
                }
            }
            return sample(connection, column, count, seed);
        }
    }

    private static KeyDomain sample(Connection connection, Column column, long count, long seed) throws SQLException {
        // A little more than wanted, so that chance does not leave too few; then in order, so that the limit is no bias
        // of place.
        String part = count <= SAMPLE || !column.sampled()
                ? ""
                : " tablesample bernoulli (" + String.format(Locale.ROOT, "%.9f", Math.min(100, 100.0 * SAMPLE / count))
                        + ") repeatable (" + Math.floorMod(seed, 1_000_000_007L) + ")";
        String query = "select distinct %1$s%2$s from %3$s%4$s where %1$s is not null order by 1 limit %5$d"
                .formatted(column.name(), column.wholeNumbers() ? "" : "::text", column.table(), part, 2 * SAMPLE);
        try (Statement statement = connection.createStatement();
                ResultSet keys = statement.executeQuery(query)) {
            if (column.wholeNumbers()) {
                List<Long> numbers = new ArrayList<>();
                while (keys.next()) {
                    numbers.add(keys.getLong(1));
                }
                return new KeyDomain.Numbers(numbers);
            }
            List<String> texts = new ArrayList<>();
            while (keys.next()) {
                texts.add(keys.getString(1));
            }
            return new KeyDomain.Texts(texts);
        }
    }

    /**
     * A column as the server knows it.
     *
     * @param table and {@code name}: quoted as needed
     * @param sampled {@code tablesample} works on it
     */
    private record Column(String table, String name, boolean wholeNumbers, boolean sampled) {}

    private static Column column(Connection connection, Parameter.References references)
            throws SQLException, EnvironmentException {
        try (PreparedStatement statement = connection.prepareStatement("""
                select a.attrelid::regclass::text, quote_ident(a.attname), format_type(a.atttypid, null), c.relkind in ('r', 'm', 'p')
                from pg_attribute a join pg_class c on c.oid = a.attrelid
                where a.attrelid = to_regclass(?) and a.attname in (?, lower(?)) and a.attnum > 0 and not a.attisdropped
                order by a.attname <> ?""")) {
            statement.setString(1, references.table());
            for (int i = 2; i <= 4; i++) {
                statement.setString(i, references.column());
            }
            try (ResultSet found = statement.executeQuery()) {
                if (!found.next()) {
                    throw new EnvironmentException(
                            "a parameter of the workload references " + name(references)
                                    + ", which is not in the database",
                            "Write table.column as the schema has them.");
                }
                return new Column(
                        found.getString(1),
                        found.getString(2),
                        WHOLE_NUMBERS.contains(found.getString(3)),
                        found.getBoolean(4));
            }
        }
    }
}
