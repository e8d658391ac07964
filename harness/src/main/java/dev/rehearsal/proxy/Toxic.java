package dev.rehearsal.proxy;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.Locale;

/**
 * A toxic of a proxy.
 *
 * @param toxicity share of the connections it affects, from 0 to 1
 */
record Toxic(String name, Stream stream, float toxicity, Attributes attributes) {

    /** Which way bytes go: to the server, or to the client. In the order that Toxiproxy lists them. */
    enum Stream {
        UPSTREAM,
        DOWNSTREAM;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What it does; the components are the names of Toxiproxy's attributes. */
    sealed interface Attributes {
        /** Toxiproxy's {@code type}. */
        String type();
    }

    /** Does nothing. */
    record Noop() implements Attributes {
        @Override
        public String type() {
            return "noop";
        }
    }

    /** Milliseconds. */
    record Latency(long latency, long jitter) implements Attributes {
        @Override
        public String type() {
            return "latency";
        }
    }

    /** @param rate in KB/s, that is bytes a millisecond; 0 lets nothing through */
    record Bandwidth(long rate) implements Attributes {
        @Override
        public String type() {
            return "bandwidth";
        }
    }

    /** Milliseconds; 0 never closes. */
    record Timeout(long timeout) implements Attributes {
        @Override
        public String type() {
            return "timeout";
        }
    }

    /** Milliseconds. */
    record ResetPeer(long timeout) implements Attributes {
        @Override
        public String type() {
            return "reset_peer";
        }
    }

    /** @param delay of the end of a connection, in milliseconds */
    record SlowClose(long delay) implements Attributes {
        @Override
        public String type() {
            return "slow_close";
        }
    }

    /**
     * Sizes in bytes.
     *
     * @param sizeVariation less than the average
     * @param delay after each slice, in microseconds
     */
    record Slicer(
            @JsonProperty("average_size") long averageSize,
            @JsonProperty("size_variation") long sizeVariation,
            long delay)
            implements Attributes {
        @Override
        public String type() {
            return "slicer";
        }
    }

    /** @param bytes after which a connection is closed */
    record LimitData(long bytes) implements Attributes {
        @Override
        public String type() {
            return "limit_data";
        }
    }
}
