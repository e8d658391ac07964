package dev.rehearsal.measure;

import dev.rehearsal.run.ApplicationNames;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.SSLSocketFactory;
import org.postgresql.ssl.NonValidatingFactory;

/**
 * A relay in front of the way to the server, on this machine's loopback interface, that reads what passes through it. It speaks to the tool in the clear, and
 * to the server with TLS where that has it, as the driver does by itself.
 *
 * <p>The sessions begin under the migration's name and with the settings that are given, and cannot bind their authentication to TLS; else nothing is changed, and nothing is kept but the text of
 * statements.
 */
final class ToolTap implements Closeable {
    private static final int SSL_REQUEST = 80877103;
    private static final int GSS_REQUEST = 80877104;
    private static final int CANCEL_REQUEST = 80877102;
    private static final int SASL = 10;
    private static final int LARGEST_STARTUP = 10_000;
    private static final int PASSED_AT_ONCE = 1 << 16;
    private static final Duration CONNECT = Duration.ofSeconds(10);

    private final String host;
    private final int port;
    private final Map<String, String> settings;
    private final Supplier<TappedSession> sessions;
    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private ToolTap(String host, int port, Map<String, String> settings, Supplier<TappedSession> sessions)
            throws IOException {
        this.host = host;
        this.port = port;
        this.settings = Map.copyOf(settings);
        this.sessions = sessions;
        this.listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    /**
     * @param host of the server, or of what stands in front of it
     * @param settings of the server that sessions begin with
     * @param sessions makes what listens to a new one
     */
    static ToolTap opened(String host, int port, Map<String, String> settings, Supplier<TappedSession> sessions)
            throws IOException {
        ToolTap tap = new ToolTap(host, port, settings, sessions);
        Thread.ofPlatform().name("tool-tap").daemon().start(tap::accept);
        return tap;
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        while (!closed) {
            try {
                Socket tool = listening.accept();
                Thread.ofPlatform().name("tool-tap-session").daemon().start(() -> serve(tool));
            } catch (IOException e) {
                // It is closed; or this one connection is lost, which the tool will notice.
            }
        }
    }

    private void serve(Socket tool) {
        TappedSession session = sessions.get();
        try (Socket clear = kept(tool);
                Socket server = kept(toServer())) {
            Passage fromTool = new Passage(clear, server);
            if (begins(fromTool)) {
                Passage fromServer = new Passage(server, clear);
                Thread answers =
                        Thread.ofPlatform().name("tool-tap-answers").daemon().start(() -> answers(fromServer, session));
                asks(fromTool, session);
                EndingThreads.await(List.of(answers));
            }
        } catch (IOException e) {
            // Either side has gone.
        } finally {
            open.removeIf(Socket::isClosed);
            session.closed();
        }
    }

    private Socket kept(Socket socket) throws IOException {
        open.add(socket);
        if (closed) {
            socket.close();
        }
        return socket;
    }

    /** With TLS if the server has it; nobody's certificate is looked at, as the driver looks at none. */
    private Socket toServer() throws IOException {
        Socket socket = new Socket();
        try {
            socket.connect(new InetSocketAddress(host, port), (int) CONNECT.toMillis());
            socket.setTcpNoDelay(true);
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            out.writeInt(8);
            out.writeInt(SSL_REQUEST);
            out.flush();
            if (socket.getInputStream().read() != 'S') {
                return socket;
            }
            SSLSocketFactory tls = new NonValidatingFactory(null);
            return tls.createSocket(socket, host, port, true);
        } catch (GeneralSecurityException e) {
            socket.close();
            throw new IOException("no TLS: " + e.getMessage(), e);
        } catch (IOException e) {
            socket.close();
            throw e;
        }
    }

    /** Up to the first message of a session; false: it is none. */
    private boolean begins(Passage passage) throws IOException {
        while (true) {
            int length = passage.in.readInt();
            if (length < 8 || length > LARGEST_STARTUP) {
                throw new IOException("not PostgreSQL's protocol");
            }
            byte[] rest = passage.in.readNBytes(length - 4);
            int code = ByteBuffer.wrap(rest).getInt();
            if (code == SSL_REQUEST || code == GSS_REQUEST) {
                passage.from.getOutputStream().write('N');
                passage.from.getOutputStream().flush();
                continue;
            }
            byte[] sent = code == CANCEL_REQUEST ? rest : startup(rest);
            passage.out.writeInt(sent.length + 4);
            passage.out.write(sent);
            passage.out.flush();
            return code != CANCEL_REQUEST;
        }
    }

    private byte[] startup(byte[] rest) throws IOException {
        Map<String, String> parameters = new LinkedHashMap<>();
        Strings strings = new Strings(rest, 4);
        for (String name = strings.next(); !name.isEmpty(); name = strings.next()) {
            parameters.put(name, strings.next());
        }
        parameters.put("application_name", ApplicationNames.MIGRATION);
        settings.forEach((name, value) ->
                parameters.merge("options", "-c " + name + "=" + value, (theirs, ours) -> theirs + " " + ours));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(rest, 0, 4);
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            bytes.writeBytes(parameter.getKey().getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
            bytes.writeBytes(parameter.getValue().getBytes(StandardCharsets.UTF_8));
            bytes.write(0);
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    private static void asks(Passage passage, TappedSession session) {
        try (passage) {
            while (true) {
                passage.pass("QPBES", (type, body) -> {
                    Strings strings = new Strings(body, 0);
                    switch (type) {
                        case 'Q' -> session.query(strings.next());
                        case 'P' -> session.parse(strings.next(), strings.next());
                        case 'B' -> session.bind(strings.next(), strings.next());
                        case 'E' -> session.execute(strings.next());
                        default -> session.sync();
                    }
                    return body;
                });
            }
        } catch (IOException e) {
            // Either side has gone, and takes the other with it.
        }
    }

    private static void answers(Passage passage, TappedSession session) {
        try (passage) {
            while (true) {
                passage.pass("RKCIsE12Z", (type, body) -> {
                    switch (type) {
                        case 'R' -> {
                            return unbound(body);
                        }
                        case 'K' -> session.process(ByteBuffer.wrap(body).getInt());
                        case '1' -> session.parsed();
                        case '2' -> session.bound();
                        case 'E' -> failed(body, session);
                        case 'Z' -> session.ready((char) body[0]);
                        default -> session.complete();
                    }
                    return body;
                });
            }
        } catch (IOException e) {
            // Either side has gone, and takes the other with it.
        }
    }

    /** Without the ways to authenticate that are bound to TLS, which ends here. */
    private static byte[] unbound(byte[] body) {
        if (ByteBuffer.wrap(body).getInt() != SASL) {
            return body;
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(body, 0, 4);
        Strings strings = new Strings(body, 4);
        for (String mechanism = strings.next(); !mechanism.isEmpty(); mechanism = strings.next()) {
            if (!mechanism.endsWith("-PLUS")) {
                bytes.writeBytes(mechanism.getBytes(StandardCharsets.UTF_8));
                bytes.write(0);
            }
        }
        bytes.write(0);
        return bytes.toByteArray();
    }

    private static void failed(byte[] body, TappedSession session) {
        String state = "";
        String message = "";
        Strings strings = new Strings(body, 0);
        for (String field = strings.next(); !field.isEmpty(); field = strings.next()) {
            switch (field.charAt(0)) {
                case 'C' -> state = field.substring(1);
                case 'M' -> message = field.substring(1);
                default -> {
                    // Of no use here.
                }
            }
        }
        session.failed(state, message);
    }

    @Override
    public void close() throws IOException {
        closed = true;
        listening.close();
        for (Socket socket : open) {
            socket.close();
        }
    }

    /** Null-terminated ones, one after another; empty at the end. */
    private static final class Strings {
        private final byte[] bytes;
        private int at;

        Strings(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        String next() {
            int end = at;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            String text = new String(bytes, at, end - at, StandardCharsets.UTF_8);
            at = Math.min(bytes.length, end + 1);
            return text;
        }
    }

    private interface Reader {
        /** What is passed on in its place. */
        byte[] read(char type, byte[] body);
    }

    /** One way, message by message. Closes both ends. */
    private static final class Passage implements Closeable {
        private final Socket from;
        private final Socket to;
        private final DataInputStream in;
        private final DataOutputStream out;
        private final byte[] part = new byte[PASSED_AT_ONCE];

        Passage(Socket from, Socket to) throws IOException {
            this.from = from;
            this.to = to;
            from.setTcpNoDelay(true);
            this.in = new DataInputStream(new BufferedInputStream(from.getInputStream(), PASSED_AT_ONCE));
            this.out = new DataOutputStream(new BufferedOutputStream(to.getOutputStream(), PASSED_AT_ONCE));
        }

        /**
         * Passes one message on.
         *
         * @param read types of those that are read, and perhaps changed, before
         */
        void pass(String read, Reader reader) throws IOException {
            if (in.available() == 0) {
                out.flush();
            }
            int type = in.read();
            if (type < 0) {
                throw new EOFException();
            }
            int length = in.readInt();
            int left = length - 4;
            if (left < 0) {
                throw new IOException("not PostgreSQL's protocol");
            }
            if (read.indexOf(type) >= 0) {
                byte[] body = in.readNBytes(left);
                if (body.length < left) {
                    throw new EOFException();
                }
                byte[] passedOn = reader.read((char) type, body);
                out.write(type);
                out.writeInt(passedOn.length + 4);
                out.write(passedOn);
                return;
            }
            out.write(type);
            out.writeInt(length);
            while (left > 0) {
                int count = in.read(part, 0, Math.min(part.length, left));
                if (count < 0) {
                    throw new EOFException();
                }
                out.write(part, 0, count);
                left -= count;
            }
        }

        @Override
        public void close() throws IOException {
            try {
                out.flush();
            } finally {
                from.close();
                to.close();
            }
        }
    }
}
