package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Workload.Operation;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import org.apache.commons.rng.UniformRandomProvider;

/**
 * Operations of an application, one at a time and on purpose, where a load would draw them: with the same statements, parameters and driver settings.
 * Not for several threads at once.
 */
public final class Trials {
    private final Map<String, KeyDomain> keys;
    private final UniformRandomProvider random;
    private final Map<Operation, Transaction> transactions = new HashMap<>();
    private long count;

    private Trials(Map<String, KeyDomain> keys, long seed) {
        this.keys = keys;
        this.random = Seeds.random(seed);
    }

    /**
     * How a trial ended.
     *
     * @param failure what the server says; empty if it works
     */
    public record Ending(Optional<String> sqlState, Optional<String> failure) {
        static final Ending WORKS = new Ending(Optional.empty(), Optional.empty());

        public boolean works() {
            return failure.isEmpty();
        }

        /** Such as {@code ERROR: column "note" does not exist (SQLState 42703)}; empty if it works. */
        public String told() {
            return failure.map(message -> message.lines().findFirst().orElse(""))
                            .orElse("")
                    + sqlState.map(state -> " (SQLState " + state + ")").orElse("");
        }
    }

    /**
     * Reads the keys that the parameters of {@code operations} refer to.
     *
     * @param jdbcUrl of the data that hold them
     */
    public static Trials of(List<Operation> operations, long seed, String jdbcUrl) throws EnvironmentException {
        return new Trials(KeyDomains.resolve(operations, seed, jdbcUrl), Seeds.derive(seed, "trials"));
    }

    /** The same keys and other values, for another thread. */
    public Trials another(int number) {
        return new Trials(keys, Seeds.derive(random.nextLong(), number));
    }

    /** A session as an application's pool opens them. */
    public static Connection session(String jdbcUrl, String applicationName) throws SQLException {
        Properties properties = new Properties();
        properties.setProperty("stringtype", "unspecified");
        Connection connection = DriverManager.getConnection(jdbcUrl, properties);
        try {
            connection.setClientInfo("ApplicationName", applicationName);
            return connection;
        } catch (SQLException e) {
            connection.close();
            throw e;
        }
    }

    private Transaction transaction(Operation operation) {
        return transactions.computeIfAbsent(operation, found -> new Transaction(found, keys));
    }

    /** Runs the operation, and leaves nothing of it but what sequences have given. The session is in autocommit before and after. */
    public Ending tryOut(Operation operation, Connection session) {
        Transaction transaction = transaction(operation);
        try {
            transaction.tryOut(session, transaction.values(random, count++));
            return Ending.WORKS;
        } catch (SQLException e) {
            return new Ending(
                    Optional.of(Transaction.sqlState(e)).filter(state -> !state.isEmpty()),
                    Optional.of(String.valueOf(e.getMessage())));
        }
    }

    /** Runs the operation as the application does, and commits it. */
    public Ending perform(Operation operation, Connection session) {
        Transaction transaction = transaction(operation);
        Transaction.Ending ending = transaction.run(session, transaction.values(random, count++));
        return ending.equals(Transaction.Ending.SUCCEEDED)
                ? Ending.WORKS
                : new Ending(Optional.of(ending.sqlState()), Optional.of("it " + ending.outcome()));
    }
}
