package dev.rehearsal.scenario;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the name of a file in a folder of migrations says.
 *
 * <pre>
 * V42__add_region.sql   U42__add_region.sql   R__totals.sql       Flyway
 * 0042_add_region.up.sql   0042_add_region.down.sql               golang-migrate, sqlx
 * 0042_add_region.sql   20260122101500_add_region.sql   2.1.sql   dbmate, goose, sqlx, or nothing but SQL
 * </pre>
 *
 * @param stem the name without what tells its direction: that of the migration; of an undo script of Flyway's, of its own
 * @param version empty for repeatable ones
 */
record MigrationFileName(String stem, Optional<MigrationVersion> version, Direction direction) {
    private static final String NUMBERS = "[0-9]+(?:[._][0-9]+)*";
    private static final Pattern FLYWAY = Pattern.compile("([VU])(" + NUMBERS + ")__.+\\.sql");
    private static final Pattern REPEATABLE = Pattern.compile("R__.+\\.sql");
    private static final Pattern PAIR = Pattern.compile("((" + NUMBERS + ")(?:[_-].+)?)\\.(up|down)\\.sql");
    private static final Pattern PLAIN = Pattern.compile("((" + NUMBERS + ")(?:[_-].+)?)\\.sql");
    private static final Pattern FOLDER = Pattern.compile("(" + NUMBERS + ")(?:[_-].+)?");

    /** Which way a file goes. */
    enum Direction {
        UP,
        DOWN,
        /** Forwards; and back too, if the text says so. */
        BY_TEXT,
        /** Forwards, again and again. */
        REPEATABLE
    }

    /** Empty for a name that is none of these. */
    static Optional<MigrationFileName> parse(String name) {
        Matcher flyway = FLYWAY.matcher(name);
        if (flyway.matches()) {
            Direction direction = flyway.group(1).equals("V") ? Direction.UP : Direction.DOWN;
            return version(flyway.group(2))
                    .map(version -> new MigrationFileName(withoutEnd(name), Optional.of(version), direction));
        }
        if (REPEATABLE.matcher(name).matches()) {
            return Optional.of(new MigrationFileName(withoutEnd(name), Optional.empty(), Direction.REPEATABLE));
        }
        Matcher pair = PAIR.matcher(name);
        if (pair.matches()) {
            Direction direction = pair.group(3).equals("up") ? Direction.UP : Direction.DOWN;
            return version(pair.group(2))
                    .map(version -> new MigrationFileName(pair.group(1), Optional.of(version), direction));
        }
        Matcher plain = PLAIN.matcher(name);
        if (plain.matches()) {
            return version(plain.group(2))
                    .map(version -> new MigrationFileName(plain.group(1), Optional.of(version), Direction.BY_TEXT));
        }
        return Optional.empty();
    }

    /** The version in the name of a folder that holds one migration, such as {@code 2026-01-22-101500_add_region}. */
    static Optional<MigrationVersion> ofFolder(String name) {
        Matcher dated = Pattern.compile("([0-9]{4})-([0-9]{2})-([0-9]{2})-([0-9]{6})_.+")
                .matcher(name);
        if (dated.matches()) {
            return version(dated.group(1) + dated.group(2) + dated.group(3) + dated.group(4));
        }
        Matcher folder = FOLDER.matcher(name);
        return folder.matches() ? version(folder.group(1)) : Optional.empty();
    }

    private static Optional<MigrationVersion> version(String text) {
        return MigrationVersion.parse(text);
    }

    private static String withoutEnd(String name) {
        return name.substring(0, name.length() - ".sql".length());
    }
}
