package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.List;

/**
 * Other processes than this one, which bring a dataset's rows into the tables. The tables are there then, with nothing in them but what the schema itself
 * wrote; keys, indexes and statistics come afterwards, from this process.
 */
public interface RowLoaders {
    /**
     * Has all ranges loaded, begun in their order, and returns when they are.
     *
     * @param jdbcUrl by which this process reaches the database, with user and password in it
     * @param loaded told of each range, by several threads
     * @throws RowsRefusedException if the server does not take the rows of a range; others may be underway still, as after every failure
     * @throws EnvironmentException if one of the processes is lost, or fails otherwise: which
     */
    void load(String jdbcUrl, RowPlan plan, List<RowRange> ranges, Loaded loaded)
            throws RowsRefusedException, EnvironmentException, InterruptedException;

    /** How many sessions of the server they have at a time, all together. */
    int sessions();

    /** Told what is with the server. */
    interface Loaded {
        /** @param taken how many rows the server took */
        void range(RowRange range, long taken);
    }
}
