package dev.rehearsal.proxy;

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
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** What it does; the components are the names of Toxiproxy's attributes. */
    sealed interface Attributes {
        /** Toxiproxy's {@code type}. */
        String type();
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
}
