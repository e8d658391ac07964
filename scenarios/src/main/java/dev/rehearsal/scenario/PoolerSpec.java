package dev.rehearsal.scenario;

import java.util.OptionalInt;

/**
 * A PgBouncer between the application and the primary. The migration goes through it too, unless it is said to go around it.
 *
 * @param poolSize connections to the server, at most; empty: as many as its clients hold in session mode, {@value #SHARED} in transaction mode
 * @param preparedStatements of a connection that PgBouncer keeps track of ({@code max_prepared_statements}); empty: what its version does by itself
 */
public record PoolerSpec(PoolMode mode, OptionalInt poolSize, OptionalInt preparedStatements, Way migration) {
    /** PgBouncer's own {@code default_pool_size}. */
    static final int SHARED = 20;

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
