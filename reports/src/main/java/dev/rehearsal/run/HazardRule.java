package dev.rehearsal.run;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * The hazards that the static view knows: those of a {@link RunEvent.Hazard}, by their ids. Each has a section of its name in {@code
 * scenarios/README.md}.
 */
public enum HazardRule {
    REFUSED("the server refuses the statement", ""),
    NOT_ANALYSED("what the statement does could not be read", ""),
    VOLATILE_DEFAULT(
            "a default that is computed for each row rewrites the table and all its indexes; everybody waits",
            "add the column bare, set the default, backfill in batches, then the constraint"),
    SERIAL_OR_IDENTITY(
            "a sequence that numbers the rows that are there rewrites the table; everybody waits",
            "add a bare integer column, set its default to the sequence, backfill in batches, then the constraint"),
    GENERATED_STORED(
            "a stored generated column is computed for each row, which rewrites the table; everybody waits",
            "fill a copy of the table in batches and let it take the table's place; or compute the value on reading (virtual, a view)"),
    GENERATED_VIRTUAL("nothing is stored: each read computes it", ""),
    DOMAIN_WITH_CHECK(
            "a domain with a constraint is checked for each row by rewriting the table, even with no default; everybody waits",
            "add the column with the domain's base type, and the check not valid; then validate it"),
    TYPE_CHANGE(
            "a change of type that has to convert rewrites the table and all its indexes; everybody waits",
            "add a column of the new type, keep it in step with a trigger, backfill in batches, then let it take the old one's place"),
    REWRITE(
            "the table is written anew; everybody waits",
            "copy into a new table in batches, then let it take the old one's place"),
    CHECK_SCAN(
            "a check is proved by reading the whole table under a lock that stops everybody",
            "add the check not valid, then validate it in a step of its own"),
    NOT_NULL_SCAN(
            "NOT NULL is proved by reading the whole table under a lock that stops everybody",
            "add a check (… is not null) not valid, validate it, then set not null: the valid check is the proof"),
    NOT_NULL_WITHOUT_DEFAULT(
            "rows that are there would have nothing in the column: the server refuses it as soon as there is one",
            "say what they get: a default, or a backfill before NOT NULL"),
    INDEX_UNDER_LOCK(
            "the index of a constraint is built while everybody waits",
            "create a unique index concurrently, then add the constraint using that index"),
    FOREIGN_KEY_SCAN(
            "a foreign key is proved by reading the table while nobody can write either table",
            "add the foreign key not valid, then validate it in a step of its own"),
    FOREIGN_KEY_LOCKS_BOTH(
            "a foreign key locks the table that it refers to as well: its writers wait, and behind a long transaction all of them queue",
            "give the step a short lockTimeout and retries"),
    FOREIGN_KEY_WITHOUT_INDEX(
            "no index begins with the referring columns: each delete or key change in the other table reads this one whole",
            "create an index concurrently"),
    VALIDATION_SCAN("the whole table is read while everybody works: it takes its time, and its share of the disk", ""),
    INDEX_BLOCKS_WRITES(
            "writers wait until the index is built; readers do not",
            "create the index concurrently, in a step of its own"),
    CONCURRENTLY_WAITS(
            "it waits for every older transaction, also of other tables; one that fails leaves an invalid index, which still costs writes",
            "watch for invalid indexes, and drop them before the next try"),
    PARTITION_SCAN(
            "the partition is read whole, to see that its rows belong there",
            "add a check that proves it, not valid, and validate it before"),
    PARTITIONED(
            "every partition is locked along with its parent", "change the partitions one by one where that can be"),
    LOCK_QUEUE(
            "without a lock timeout it waits for the longest transaction, and everybody who comes later waits behind it",
            "give the step a short lockTimeout and retries"),
    ROWS_CHANGED_UNDER_LOCK(
            "rows are changed in a transaction that holds a lock which stops everybody, until it commits",
            "change the rows in batches, apart from the schema change"),
    MANY_ROWS_AT_ONCE(
            "many rows in one transaction: their writers wait until it commits, and the log, replicas and vacuum have it in one piece",
            "change the rows in batches, each in a transaction of its own"),
    TWO_TABLES_LOCKED(
            "it holds the lock of one table while it queues for another's; with an application that takes them the other way round, somebody is ended",
            "one table a step"),
    ROW_TRIGGERS("row triggers fire for each row that is changed", ""),
    SELECT_STAR(
            "an operation reads all columns: prepared statements of it fail once when the columns change",
            "name the columns"),
    POSITIONAL_INSERT(
            "an operation inserts without naming columns: it fails, or fills others, when the columns change",
            "name the columns"),
    COLUMN_IN_USE("an operation uses the column", "deploy an application that does not, first"),
    VIEWS("views read the table: they have no new column, and keep a used one's type and name from being changed", ""),
    FUNCTIONS("functions mention the table in their bodies, which the server does not check", ""),
    PUBLICATION("the table is published: its subscribers need the change too, additions before this server has it", ""),
    LOSES_DATA("what was written is gone; no way back brings it again", "");

    private final String explanation;
    private final String saferWay;

    HazardRule(String explanation, String saferWay) {
        this.explanation = explanation;
        this.saferWay = saferWay;
    }

    /** Such as {@code volatile-default}. */
    public String id() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Empty for a rule of another version of the harness. */
    public static Optional<HazardRule> of(String id) {
        return Arrays.stream(values()).filter(rule -> rule.id().equals(id)).findFirst();
    }

    /** What traffic feels, a phrase. */
    public String explanation() {
        return explanation;
    }

    public Optional<String> saferWay() {
        return saferWay.isEmpty() ? Optional.empty() : Optional.of(saferWay);
    }
}
