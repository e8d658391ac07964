package dev.rehearsal.environment;

import dev.rehearsal.engine.PostgresVersion;
import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.EnvironmentSpec.ExternalSpec;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a server that is not ours is, and what we may do there: asked, never assumed.
 *
 * @param version such as {@code 18.6}
 * @param clusterName the server's setting, often empty
 * @param seesOthers whether we see what other roles' sessions do
 * @param freeConnections that we may still open, at most
 */
record ExternalRights(
        PostgresVersion major,
        String version,
        boolean inRecovery,
        String clusterName,
        boolean marked,
        boolean superuser,
        boolean createsDatabases,
        boolean seesOthers,
        long freeConnections) {
    /** A setting that is {@code on} where nothing is to be rehearsed: of the server, of a database or of a role. */
    static final String MARKER_SETTING = "harness.production";

    /** A table, in any schema of the database, that says the same. */
    static final String MARKER_TABLE = "harness_production";

    /** How an application has fewer sessions. */
    static final String SMALLER_POOLS = "Make the pools of the workload's services smaller";

    private static final int OLDEST = 13;

    private static final String QUESTIONS = """
            select current_setting('server_version'), pg_is_in_recovery(), coalesce(current_setting('cluster_name', true), ''),
                coalesce(current_setting('harness.production', true), '') not in ('', 'off', 'false', 'no', '0')
                    or exists (select from pg_catalog.pg_class where relname = 'harness_production' and relkind in ('r', 'p', 'v')),
                r.rolsuper, r.rolsuper or r.rolcreatedb,
                r.rolsuper or pg_has_role(current_user, 'pg_read_all_stats', 'usage'),
                least(
                    current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
                        - (select count(*) from pg_catalog.pg_stat_activity where backend_type = 'client backend'),
                    case when r.rolconnlimit >= 0 then r.rolconnlimit else 1000000 end)
            from pg_catalog.pg_roles r where r.rolname = current_user""";

    static ExternalRights asked(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(QUESTIONS)) {
            row.next();
            return new ExternalRights(
                    PostgresVersion.of(connection),
                    row.getString(1).split(" ", 2)[0],
                    row.getBoolean(2),
                    row.getString(3),
                    row.getBoolean(4),
                    row.getBoolean(5),
                    row.getBoolean(6),
                    row.getBoolean(7),
                    row.getLong(8));
        }
    }

    /**
     * Refuses what must not be rehearsed on, and what cannot be.
     *
     * @param wantedVersion the scenario's; empty: any
     * @param forbidden names of hosts and databases that are production's, whatever they sound like
     */
    void refuse(ExternalSpec server, Credentials credentials, String wantedVersion, List<String> forbidden)
            throws EnvironmentException {
        refuseProduction("environment.url", server, forbidden);
        if (major.major() < OLDEST) {
            throw new EnvironmentException(
                    "environment.url: the server at " + server.address() + " is PostgreSQL " + version
                            + ", and the instruments need " + OLDEST + " or newer",
                    "Rehearse on a newer server.");
        }
        if (!wantedVersion.isEmpty() && !version.equals(wantedVersion) && !version.startsWith(wantedVersion + ".")) {
            throw new EnvironmentException(
                    "environment.version: " + wantedVersion + " is wanted, but the server at " + server.address()
                            + " is " + version,
                    "Write version: \"" + major.major() + "\", or leave it out.");
        }
        if (inRecovery) {
            throw new EnvironmentException(
                    "environment.url: the server at " + server.address() + " is a replica, which takes no writes",
                    "Name its primary.");
        }
        if (!createsDatabases) {
            throw new EnvironmentException(
                    "the role " + credentials.user() + " may not create databases on " + server.address()
                            + ", so the dataset has no place there",
                    "Have somebody run: alter role " + credentials.user() + " createdb");
        }
    }

    /** @param key of the scenario, that names the server */
    void refuseProduction(String key, ExternalSpec server, List<String> forbidden) throws EnvironmentException {
        Optional<String> production = production(server, forbidden);
        if (production.isPresent()) {
            throw new EnvironmentException(
                    key + ": the server at " + server.address() + " looks like production: " + production.get()
                            + ". Nothing was done. " + server.intention() + ".",
                    "Rehearse on another server. If this one is not production, remove what says so.");
        }
    }

    private Optional<String> production(ExternalSpec server, List<String> forbidden) {
        if (marked) {
            return Optional.of("its setting " + MARKER_SETTING + " is on, or the database " + server.database()
                    + " has a table " + MARKER_TABLE);
        }
        Optional<String> word = ExternalSpec.productionWord(clusterName);
        if (word.isPresent()) {
            return Optional.of("'" + word.get() + "' is in its cluster_name " + clusterName);
        }
        return forbidden.stream()
                .filter(name -> name.equalsIgnoreCase(server.host())
                        || name.equalsIgnoreCase(server.address())
                        || name.equalsIgnoreCase(server.database()))
                .findFirst()
                .map(name -> name + " is among the names in " + ExternalRuntime.PRODUCTION_NAMES);
    }

    /**
     * Refuses a server that has no room for the run's sessions.
     *
     * @param fewer how there would be fewer
     */
    void requireConnections(ExternalSpec server, int needed, String fewer) throws EnvironmentException {
        if (freeConnections < needed) {
            throw new EnvironmentException(
                    "the server at " + server.address() + " has room for " + Math.max(0, freeConnections)
                            + " more sessions, and the rehearsal needs " + needed,
                    fewer + ", or have somebody raise max_connections there, or the role's own connection limit.");
        }
    }

    /** What is lost for want of a right, and what else a reader should know, a sentence each. */
    List<String> notes(ExternalSpec server, Credentials credentials) {
        List<String> notes = new ArrayList<>();
        notes.add("The server at " + server.address()
                + " is not the harness's own: whatever else it does at the time is part of what was measured, and its settings"
                + " are as they were found.");
        if (!seesOthers) {
            notes.add(
                    "The role " + credentials.user()
                            + " is no member of pg_read_all_stats: what sessions of other roles do is not in the server's picture.");
        }
        return notes;
    }
}
