package dev.rehearsal.compare;

import java.util.List;

/**
 * A condition that is not the same in all runs.
 *
 * @param what a phrase, such as {@code dataset} or {@code arrival rate of checkout}
 * @param values one a run, in their order
 * @param prevents whether runs that differ in it cannot be compared
 */
public record Change(String what, List<String> values, boolean prevents) {
    public Change {
        values = List.copyOf(values);
    }
}
