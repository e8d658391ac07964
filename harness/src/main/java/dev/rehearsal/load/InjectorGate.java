package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.Injectors;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * Where the harness waits for injectors that others start: a scheduler, or a person. Who calls has to have the token, to be of the same version, and to
 * come for a slice that nobody has yet. Safe for use by several threads.
 */
final class InjectorGate implements InjectorSource {
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    /** An injector says something every second; so much later it is gone, although its connection does not say so. */
    private static final Duration SILENCE = Duration.ofSeconds(10);

    private static final int REFUSALS_TOLD = 5;

    private final Injectors injectors;
    private final InjectorToken token;
    private final String version;
    private final ServerSocket door;
    private final Tunnels tunnels = new Tunnels();

    // Guarded by this.
    private final Map<Integer, ConnectedInjector> connected = new TreeMap<>();
    private final Set<String> refused = new LinkedHashSet<>();
    private boolean closed;

    private InjectorGate(Injectors injectors, InjectorToken token, String version, ServerSocket door) {
        this.injectors = injectors;
        this.token = token;
        this.version = version;
        this.door = door;
    }

    /**
     * Begins to wait.
     *
     * @param environment variables, with the token among them
     * @throws EnvironmentException if there is no token, or no such address on this machine
     */
    static InjectorGate opened(Injectors injectors, Map<String, String> environment) throws EnvironmentException {
        return opened(injectors, environment, InjectorVersion.own());
    }

    static InjectorGate opened(Injectors injectors, Map<String, String> environment, String version)
            throws EnvironmentException {
        InjectorToken token = InjectorToken.of(environment);
        String at = injectors.at().orElseThrow();
        try {
            ServerSocket door = new ServerSocket();
            door.setReuseAddress(true);
            InetSocketAddress address = HarnessAddress.of(at).resolved();
            door.bind(address);
            InjectorGate gate = new InjectorGate(injectors, token, version, door);
            Thread.ofPlatform().name("injectors' gate").daemon().start(gate::receive);
            return gate;
        } catch (IOException e) {
            throw new EnvironmentException(
                    "cannot wait for injectors at " + at + ": " + e.getMessage(),
                    "Give workload.injectors.at an address of this machine, such as 0.0.0.0:7654, whose port is free.",
                    e);
        }
    }

    /** The port, also where 0 was asked for. */
    int port() {
        return door.getLocalPort();
    }

    private void receive() {
        while (!door.isClosed()) {
            try {
                Socket socket = door.accept();
                Thread.startVirtualThread(() -> greet(socket));
            } catch (IOException e) {
                // The door is closed, or the caller was gone already.
            }
        }
    }

    private void greet(Socket socket) {
        try {
            socket.setSoTimeout(Math.toIntExact(HANDSHAKE.toMillis()));
            socket.setTcpNoDelay(true);
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
            Handshake.Agreed agreed =
                    new Handshake(token, in, out).asHarness(injectors.count(), caller -> objection(caller));
            switch (agreed.caller().purpose()) {
                case LOAD -> {
                    socket.setSoTimeout(Math.toIntExact(SILENCE.toMillis()));
                    enter(new ConnectedInjector(
                            new Slice(agreed.caller().number(), injectors.count()),
                            agreed.caller().host(),
                            socket,
                            in,
                            out,
                            agreed.lines(),
                            tunnels));
                }
                case DATABASE -> {
                    socket.setSoTimeout(0);
                    tunnels.dig(socket, in, agreed.caller().number());
                }
            }
        } catch (Handshake.RefusedException e) {
            refuse(socket, e.getMessage());
        } catch (IOException e) {
            // Somebody who is no injector, and not worth telling of.
            hangUp(socket);
        }
    }

    private synchronized Optional<String> objection(Handshake.Caller caller) {
        if (!caller.version().equals(version)) {
            return Optional.of("it is of version " + caller.version() + ", and the harness of " + version);
        }
        return switch (caller.purpose()) {
            case LOAD -> objectionToSlice(caller.number());
            case DATABASE -> tunnels.objection(caller.number());
        };
    }

    private Optional<String> objectionToSlice(int slice) {
        if (slice < 0 || slice >= injectors.count()) {
            return Optional.of(Slice.outOfRange(slice, injectors.count()));
        }
        return Optional.ofNullable(connected.get(slice))
                .map(first -> "slice " + slice + " has an injector already, " + first.place());
    }

    private synchronized void enter(ConnectedInjector injector) {
        if (closed || connected.putIfAbsent(injector.slice().number(), injector) != null) {
            injector.close();
        }
        notifyAll();
    }

    private void refuse(Socket socket, String reason) {
        synchronized (this) {
            if (refused.size() < REFUSALS_TOLD) {
                refused.add(socket.getInetAddress().getHostAddress() + ": " + reason);
            }
        }
        hangUp(socket);
    }

    private static void hangUp(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            // Then it is closed.
        }
    }

    @Override
    public synchronized List<InjectorLink> all() throws EnvironmentException, InterruptedException {
        long deadline = System.nanoTime() + injectors.within().toNanos();
        while (connected.size() < injectors.count()) {
            long left = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (left <= 0) {
                throw incomplete();
            }
            wait(left);
        }
        return List.copyOf(connected.values());
    }

    private EnvironmentException incomplete() {
        List<String> missing = Slice.all(injectors.count()).stream()
                .map(Slice::number)
                .filter(number -> !connected.containsKey(number))
                .map(String::valueOf)
                .toList();
        List<String> words = new ArrayList<>();
        words.add(connected.size() + " of " + injectors.count() + " injectors have reported at "
                + injectors.at().orElseThrow() + " within " + injectors.within().toSeconds() + " s; missing: slice "
                + String.join(", ", missing));
        refused.forEach(each -> words.add("refused was " + each));
        return new EnvironmentException(
                String.join("; ", words),
                "Start what is missing, e.g. harness injector --harness "
                        + injectors.at().orElseThrow() + " --slice " + missing.getFirst()
                        + ", or wait longer: workload.injectors.within.");
    }

    @Override
    public List<Long> processIds() {
        return List.of();
    }

    @Override
    public void close() {
        try {
            door.close();
        } catch (IOException e) {
            // Then nobody comes any more.
        }
        List<ConnectedInjector> there;
        synchronized (this) {
            closed = true;
            there = List.copyOf(connected.values());
        }
        there.forEach(ConnectedInjector::close);
        tunnels.close();
    }
}
