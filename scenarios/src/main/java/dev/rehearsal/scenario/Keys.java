package dev.rehearsal.scenario;

import java.util.List;

/**
 * The keys of one kind of block.
 *
 * @param known in the order in which the documentation has them
 * @param later of the language, but not of this version: refused with a message of their own, because a wrong guess about spelling would
 *     mislead
 */
record Keys(List<String> known, List<String> later) {
    Keys {
        known = List.copyOf(known);
        later = List.copyOf(later);
    }

    static Keys of(String... known) {
        return new Keys(List.of(known), List.of());
    }

    Keys later(String... keys) {
        return new Keys(known, List.of(keys));
    }
}
