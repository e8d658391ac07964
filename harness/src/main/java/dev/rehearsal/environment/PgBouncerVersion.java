package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PoolerSpec;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Of a PgBouncer, as {@code pgbouncer --version} says.
 *
 * @param text such as {@code 1.18.0}
 */
record PgBouncerVersion(String text, int major, int minor) {
    /** What that prints. */
    static final Pattern PATTERN = Pattern.compile("PgBouncer ((\\d{1,4})\\.(\\d{1,4})\\S*)");

    /** The first that keeps track of prepared statements. */
    private static final int MAJOR_OF_PREPARED = 1;

    private static final int MINOR_OF_PREPARED = 21;

    /** Empty for the words of something else. */
    static Optional<PgBouncerVersion> in(String words) {
        Matcher version = PATTERN.matcher(words);
        return version.find()
                ? Optional.of(new PgBouncerVersion(
                        version.group(1), Integer.parseInt(version.group(2)), Integer.parseInt(version.group(3))))
                : Optional.empty();
    }

    private boolean keepsTrackOfPrepared() {
        return major > MAJOR_OF_PREPARED || (major == MAJOR_OF_PREPARED && minor >= MINOR_OF_PREPARED);
    }

    /**
     * Refuses what this version does not know.
     *
     * @param where it is
     * @param how another one is taken
     */
    void requireFor(PoolerSpec wanted, String where, String how) throws EnvironmentException {
        if (wanted.preparedStatements().isPresent() && !keepsTrackOfPrepared()) {
            throw new EnvironmentException(
                    "environment.pooler.preparedStatements: " + where + " is PgBouncer " + text
                            + ", which knows no max_prepared_statements",
                    "Take a PgBouncer 1.21 or newer (" + how + "), or leave preparedStatements away.");
        }
    }
}
