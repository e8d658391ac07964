package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/** TCP ports of the loopback interface. */
final class Ports {
    private Ports() {}

    /** One that was free a moment ago. */
    static int free() throws EnvironmentException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new EnvironmentException(
                    "no free port on the loopback interface: " + e.getMessage(),
                    "Check that the interface lo is up and end programs that hold many sockets.",
                    e);
        }
    }

    /** The port that a scenario asks for in {@code environment.settings}. */
    static int requireFree(String setting) throws EnvironmentException {
        int port;
        try {
            port = Integer.parseInt(setting.strip());
        } catch (NumberFormatException e) {
            port = 0;
        }
        if (port < 1 || port > 65535) {
            throw new EnvironmentException(
                    "environment.settings.port: must be from 1 to 65535, got " + setting,
                    "Write a free port, or leave it away to have one chosen.");
        }
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw taken(port);
        }
    }

    static EnvironmentException taken(int port) {
        return new EnvironmentException(
                "port " + port + " is taken by another program",
                "End what listens on it, or leave environment.settings.port away to have a free one chosen.");
    }
}
