package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.net.InetSocketAddress;

/** Where a harness waits for injectors: {@code host:port}, {@code [::1]:port}. */
record HarnessAddress(String host, int port) {
    private static final int LARGEST_PORT = 65_535;

    /** @throws EnvironmentException if it is none */
    static HarnessAddress of(String text) throws EnvironmentException {
        int colon = text.lastIndexOf(':');
        String host = colon < 1 ? "" : text.substring(0, colon).replaceAll("^\\[|]$", "");
        String port = text.substring(colon + 1);
        if (host.isEmpty() || !port.matches("\\d{1,5}") || Integer.parseInt(port) > LARGEST_PORT) {
            throw new EnvironmentException(
                    "'" + text + "' is no address", "Write the harness's host and port, e.g. 10.0.0.5:7654.");
        }
        return new HarnessAddress(host, Integer.parseInt(port));
    }

    InetSocketAddress resolved() {
        return new InetSocketAddress(host, port);
    }
}
