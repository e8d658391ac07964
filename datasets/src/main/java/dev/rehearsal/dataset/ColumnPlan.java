package dev.rehearsal.dataset;

import dev.rehearsal.scenario.Generator;
import java.util.Optional;

/**
 * How a column is made: by what, and, where rows may not share its values, by which number each row takes its own.
 *
 * @param generator as {@code dataset.yaml} says or as it was chosen; nulls on the outside
 * @param stream whose randomness picks the row that a foreign key refers to: the same for all columns of one key, so that they refer to the same row
 * @param placement of a column that makes a key unique, alone or together with others
 * @param earlier refers to its own table, to rows before it
 */
record ColumnPlan(
        ServerColumn column, Generator generator, String stream, Optional<Placement> placement, boolean earlier) {

    /** A column on its own. */
    static ColumnPlan of(ServerColumn column, Generator generator) {
        return new ColumnPlan(column, generator, column.name(), Optional.empty(), false);
    }

    ColumnPlan placed(Placement where) {
        return new ColumnPlan(column, generator, stream, Optional.of(where), earlier);
    }

    ColumnPlan madeBy(Generator other) {
        return new ColumnPlan(column, other, stream, placement, earlier);
    }

    ColumnPlan withTypeOf(ServerColumn other) {
        return new ColumnPlan(column.withTypeOf(other), generator, stream, placement, earlier);
    }

    /**
     * Which of its values a row takes: {@code order(row) / stride % radix}, where {@code order} is a permutation of {@code domain} numbers.
     *
     * @param key that is made unique, by whose name the permutation is drawn
     * @param domain how many numbers there are to choose from, at least as many as rows
     * @param rising rows take their numbers in order
     */
    record Placement(String key, long domain, long stride, long radix, boolean rising) {}
}
