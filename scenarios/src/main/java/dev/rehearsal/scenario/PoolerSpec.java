package dev.rehearsal.scenario;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A PgBouncer between the application and the primary. The migration goes through it too, unless it is said to go around it.
 *
 * @param poolSize connections to the server, at most; empty: as many as its clients hold in session mode, {@value #SHARED} in transaction mode
 * @param preparedStatements of a connection that PgBouncer keeps track of ({@code max_prepared_statements}); empty: what its version does by itself
 * @param settings further ones of PgBouncer's, by the names and with the values that it knows them by; of those in {@link PoolerSettings}
 * @param image with a {@code pgbouncer} in it, where servers run in containers; empty: the one that the harness's recipe makes
 */
public record PoolerSpec(
        PoolMode mode,
        OptionalInt poolSize,
        OptionalInt preparedStatements,
        Way migration,
        Map<String, String> settings,
        Optional<String> image) {
    /** PgBouncer's own {@code default_pool_size}. */
    static final int SHARED = 20;

    public PoolerSpec {
        settings = Map.copyOf(settings);
    }

    /** One whose other settings are PgBouncer's own. */
    public PoolerSpec(PoolMode mode, OptionalInt poolSize, OptionalInt preparedStatements, Way migration) {
        this(mode, poolSize, preparedStatements, migration, Map.of(), Optional.empty());
    }

    /** The same with other settings. */
    public PoolerSpec with(Map<String, String> other) {
        return new PoolerSpec(mode, poolSize, preparedStatements, migration, other, image);
    }

    /** For how long a client has a connection to the server. */
    public enum PoolMode {
        /** As long as it is connected. */
        SESSION,
        /** For a transaction; the next one's may be another. */
        TRANSACTION;

        /** The scenario's word. */
        public String word() {
            return switch (this) {
                case SESSION -> "session";
                case TRANSACTION -> "transaction";
            };
        }
    }

    /** Which way the migration goes. */
    public enum Way {
        /** As the application does. */
        POOLED,
        /** Around the pooler, through the fault proxy alone. */
        DIRECT;

        /** The scenario's word. */
        public String word() {
            return switch (this) {
                case POOLED -> "pooled";
                case DIRECT -> "direct";
            };
        }
    }

    /** Whether the state of a session (settings, prepared statements, advisory locks) is not a client's own. */
    public boolean shares() {
        return mode == PoolMode.TRANSACTION;
    }

    /** Whether that is so for the migration. */
    public boolean sharesMigration() {
        return shares() && migration == Way.POOLED;
    }

    /**
     * Connections to the server, at most.
     *
     * @param clients of the application, all pools full
     */
    public int connections(int clients) {
        return poolSize.orElse(mode == PoolMode.SESSION ? held(clients) : SHARED);
    }

    /** How many connections to the server are held all the time in session mode. */
    int held(int clients) {
        return clients + (migration == Way.POOLED ? 1 : 0);
    }
}
