package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Optional;

/** TCP ports of the loopback interface. */
final class Ports {
    /** For the port of a server that is started again, which a connection of the proxy's to itself may have: nobody else asks for it. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int TRIES = 5;

    private Ports() {}

    /** Starts a server that listens on a port. */
    interface OnPort<S> {
        /** Empty if somebody else took the port meanwhile. */
        Optional<S> start(int port) throws EnvironmentException;
    }

    /**
     * Starts a server on the port that is asked for, else on a free one; on another one if somebody takes that first.
     *
     * @param wanted the scenario's {@code environment.settings.port}
     * @throws EnvironmentException if the port that is asked for is taken, or one after the other is
     */
    static <S> S start(Optional<String> wanted, OnPort<S> server) throws EnvironmentException {
        if (wanted.isPresent()) {
            int port = requireFree(wanted.get());
            return server.start(port).orElseThrow(() -> taken(port));
        }
        for (int tries = 0; tries < TRIES; tries++) {
            Optional<S> started = server.start(free());
            if (started.isPresent()) {
                return started.get();
            }
        }
        throw new EnvironmentException(
                "each of " + TRIES + " free ports was taken by others before the server had it",
                "Start again when fewer programs are starting on this machine.");
    }

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

    private static int requireFree(String setting) throws EnvironmentException {
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
