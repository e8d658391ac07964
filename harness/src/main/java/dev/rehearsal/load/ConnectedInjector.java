package dev.rehearsal.load;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An injector that somebody else has started and that has called. Safe for use by several threads. */
final class ConnectedInjector implements InjectorLink {
    /** For a server that does not answer there: a firewall may swallow what is sent. */
    private static final int PATIENCE_SECONDS = 5;

    private final Slice slice;
    private final String host;
    private final Socket socket;
    private final DataInputStream frames;
    private final DataOutputStream commands;
    private final SealedLines lines;
    private final Tunnels tunnels;

    /**
     * @param host as it calls itself
     * @param tunnels for what it cannot reach
     */
    ConnectedInjector(
            Slice slice,
            String host,
            Socket socket,
            DataInputStream frames,
            DataOutputStream commands,
            SealedLines lines,
            Tunnels tunnels) {
        this.slice = slice;
        this.host = host;
        this.socket = socket;
        this.frames = frames;
        this.commands = commands;
        this.lines = lines;
        this.tunnels = tunnels;
    }

    @Override
    public Slice slice() {
        return slice;
    }

    @Override
    public String place() {
        return host + " at " + socket.getInetAddress().getHostAddress();
    }

    /** It may be on this machine, and could not be known among its processes. */
    @Override
    public OptionalLong processId() {
        return OptionalLong.empty();
    }

    @Override
    public boolean sharesClock() {
        return false;
    }

    /** The fault proxy listens on this machine's loopback interface alone. */
    @Override
    public String way(String jdbcUrl) {
        return socket.getInetAddress().isLoopbackAddress() || !Tunnels.isOfThisMachine(jdbcUrl)
                ? jdbcUrl
                : tunnels.through(jdbcUrl);
    }

    /** Past the harness where that goes, so that not all rows of all slices come through its network. */
    @Override
    public List<String> ways(String jdbcUrl) {
        if (socket.getInetAddress().isLoopbackAddress()) {
            return List.of(jdbcUrl);
        }
        String through = tunnels.through(jdbcUrl);
        return Tunnels.isOfThisMachine(jdbcUrl)
                ? List.of(through)
                : List.of(
                        jdbcUrl + "&connectTimeout=" + PATIENCE_SECONDS + "&loginTimeout=" + PATIENCE_SECONDS, through);
    }

    @Override
    public DataInputStream frames() {
        return frames;
    }

    @Override
    public synchronized void command(String line) throws IOException {
        lines.write(line, commands);
    }

    @Override
    public String obituary(Optional<String> trouble) {
        return slice.injector() + ", " + place() + ", went away"
                + trouble.map(what -> " (" + what + ")").orElse("")
                + "; its own log says why";
    }

    /** Hangs up, and it ends. */
    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            // It is of no use any more, in whatever state.
        }
    }
}
