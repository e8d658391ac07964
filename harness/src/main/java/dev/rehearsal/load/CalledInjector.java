package dev.rehearsal.load;

import dev.rehearsal.scenario.EnvironmentException;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import jdk.net.ExtendedSocketOptions;

/**
 * An injector that was started by a scheduler or a person: it calls its harness, and is told all that it needs. The JVM that {@code harness injector}
 * starts, with the options that the injector has everywhere.
 */
public final class CalledInjector {
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
    private static final Duration HANDSHAKE = Duration.ofSeconds(10);

    private CalledInjector() {}

    /**
     * The command line of its JVM. The token is in the environment.
     *
     * @param harness {@code host:port}
     * @param slice from 0
     * @param within how long it goes on calling
     */
    public static List<String> command(String harness, int slice, Duration within) throws EnvironmentException {
        HarnessAddress.of(harness);
        InjectorToken.of(System.getenv());
        return commandOf(harness, slice, within);
    }

    /** The same, for an environment that is not this process's. */
    static List<String> commandOf(String harness, int slice, Duration within) {
        List<String> command = new ArrayList<>(InjectorProcess.command(StartUpCache.options()));
        command.addAll(List.of(InjectorMain.CALL, harness, String.valueOf(slice), String.valueOf(within.toMillis())));
        return command;
    }

    /**
     * Calls, and works until the load has been stopped and has drained.
     *
     * @param environment variables, with the token among them
     * @param gone what to do when the harness is gone in the midst of the work
     * @throws EnvironmentException if it does not answer, does not want this one, or hangs up too early
     */
    static void run(HarnessAddress harness, int slice, Duration within, Map<String, String> environment, Runnable gone)
            throws EnvironmentException, IOException, InterruptedException {
        run(
                harness,
                new Handshake.Caller(Handshake.Purpose.LOAD, InjectorVersion.own(), slice, hostName(environment)),
                within,
                environment,
                gone);
    }

    static void run(
            HarnessAddress harness,
            Handshake.Caller caller,
            Duration within,
            Map<String, String> environment,
            Runnable gone)
            throws EnvironmentException, IOException, InterruptedException {
        InjectorToken token = InjectorToken.of(environment);
        TunnelSockets.prepare(harness, token, caller);
        try (Socket socket = called(harness, within)) {
            socket.setSoTimeout(Math.toIntExact(HANDSHAKE.toMillis()));
            DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
            DataOutputStream out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 10));
            SealedLines lines = new Handshake(token, in, out).asInjector(caller).lines();
            socket.setSoTimeout(0);
            FrameWriter frames = new FrameWriter(socket.getOutputStream(), gone, true);
            frames.start();
            Optional<EnvironmentException> end = new Injector(() -> lines.read(in), frames).run();
            frames.close();
            if (end.isPresent()) {
                throw end.get();
            }
        } catch (Handshake.RefusedException e) {
            throw new EnvironmentException(
                    "the harness at " + harness.host() + ":" + harness.port() + " does not want this injector: "
                            + e.getMessage(),
                    "Start it with the token, the version and a slice of that run.");
        }
    }

    private static Socket called(HarnessAddress harness, Duration within) throws EnvironmentException, IOException {
        long deadline = System.nanoTime() + within.toNanos();
        while (true) {
            Socket socket = new Socket();
            try {
                InetSocketAddress address = harness.resolved();
                if (address.isUnresolved()) {
                    throw new UnknownHostException("no address of " + harness.host());
                }
                socket.setTcpNoDelay(true);
                // A harness whose machine is gone says nothing, ever.
                socket.setOption(StandardSocketOptions.SO_KEEPALIVE, true);
                if (socket.supportedOptions().contains(ExtendedSocketOptions.TCP_KEEPIDLE)) {
                    socket.setOption(ExtendedSocketOptions.TCP_KEEPIDLE, 10);
                    socket.setOption(ExtendedSocketOptions.TCP_KEEPINTERVAL, 5);
                    socket.setOption(ExtendedSocketOptions.TCP_KEEPCOUNT, 3);
                }
                socket.connect(address, Math.toIntExact(HANDSHAKE.toMillis()));
                return socket;
            } catch (IOException e) {
                socket.close();
                if (System.nanoTime() - deadline > 0) {
                    throw new EnvironmentException(
                            "no harness answers at " + harness.host() + ":" + harness.port() + " within "
                                    + within.toSeconds() + " s: " + e.getMessage(),
                            "Start the rehearsal whose workload.injectors.at this is, and see that its port can be"
                                    + " reached from here.",
                            e);
                }
                LockSupport.parkNanos(RETRY_NANOS);
            }
        }
    }

    private static String hostName(Map<String, String> environment) {
        String name = environment.getOrDefault("HOSTNAME", "");
        if (!name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "a host without a name";
        }
    }
}
