package dev.rehearsal.load;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/** The existing values that a reference draws from, by position from 0. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
@JsonSubTypes({
    @JsonSubTypes.Type(value = KeyDomain.Dense.class, name = "dense"),
    @JsonSubTypes.Type(value = KeyDomain.Numbers.class, name = "numbers"),
    @JsonSubTypes.Type(value = KeyDomain.Texts.class, name = "texts")
})
sealed interface KeyDomain {
    /** At least 1. */
    long size();

    /** A {@link Long}, or a {@link String} in the type's text form. */
    Object key(long position);

    /** Every whole number from {@code min} to {@code max}. */
    record Dense(long min, long max) implements KeyDomain {
        @Override
        public long size() {
            return max - min + 1;
        }

        @Override
        public Object key(long position) {
            return min + position;
        }
    }

    /** Whole numbers with gaps: all of them, or a sample. */
    record Numbers(List<Long> keys) implements KeyDomain {
        public Numbers {
            keys = List.copyOf(keys);
        }

        @Override
        public long size() {
            return keys.size();
        }

        @Override
        public Object key(long position) {
            return keys.get((int) position);
        }
    }

    /** Anything else, as text that the server parses: all of them, or a sample. */
    record Texts(List<String> keys) implements KeyDomain {
        public Texts {
            keys = List.copyOf(keys);
        }

        @Override
        public long size() {
            return keys.size();
        }

        @Override
        public Object key(long position) {
            return keys.get((int) position);
        }
    }
}
