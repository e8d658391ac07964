package dev.rehearsal.measure;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The database in which PgBouncer tells of itself. PostgreSQL's driver cannot use it: it takes the version that PgBouncer gives there for that of an old
 * server, and begins with a setting that PgBouncer does not know. So this speaks the little of the protocol that a {@code show} takes: a password by MD5
 * (or none), and simple queries. Used by one thread; closing it may be another's.
 */
final class PgBouncerConsole implements AutoCloseable {
    private static final String DATABASE = "pgbouncer";
    private static final int PROTOCOL = 3 << 16;
    private static final int AUTHENTICATED = 0;
    private static final int MD5_PASSWORD = 5;
    private static final int SALT_BYTES = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Socket socket;
    private final DataInputStream in;
    private final OutputStream out;

    private PgBouncerConsole(Socket socket) throws IOException {
        this.socket = socket;
        this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
        this.out = socket.getOutputStream();
    }

    /** A message of the server's without its length. */
    private record Message(char type, DataInputStream body) {}

    static PgBouncerConsole opened(PoolerWatch.Console address) throws IOException {
        Socket socket = new Socket();
        boolean opened = false;
        try {
            int patience = Math.toIntExact(PATIENCE.toMillis());
            socket.connect(new InetSocketAddress(address.host(), address.port()), patience);
            socket.setSoTimeout(patience);
            PgBouncerConsole console = new PgBouncerConsole(socket);
            console.logIn(address.user(), address.password());
            opened = true;
            return console;
        } finally {
            if (!opened) {
                socket.close();
            }
        }
    }

    private void logIn(String user, String password) throws IOException {
        ByteArrayOutputStream startup = new ByteArrayOutputStream();
        DataOutputStream body = new DataOutputStream(startup);
        body.writeInt(PROTOCOL);
        for (String text : List.of("user", user, "database", DATABASE)) {
            body.write(terminated(text));
        }
        body.write(0);
        send(new byte[0], startup.toByteArray());
        for (Message message = receive(); message.type != 'Z'; message = receive()) {
            if (message.type == 'R') {
                answer(message.body, user, password);
            }
        }
    }

    private void answer(DataInputStream request, String user, String password) throws IOException {
        int kind = request.readInt();
        switch (kind) {
            case AUTHENTICATED -> {}
            case MD5_PASSWORD ->
                send(new byte[] {'p'}, terminated(secret(user, password, request.readNBytes(SALT_BYTES))));
            default -> throw new IOException("PgBouncer wants a password by a method that is not spoken here: " + kind);
        }
    }

    private static String secret(String user, String password, byte[] salt) {
        byte[] inner = md5((password + user).getBytes(StandardCharsets.UTF_8));
        byte[] hex = HexFormat.of().formatHex(inner).getBytes(StandardCharsets.US_ASCII);
        byte[] salted = new byte[hex.length + salt.length];
        System.arraycopy(hex, 0, salted, 0, hex.length);
        System.arraycopy(salt, 0, salted, hex.length, salt.length);
        return "md5" + HexFormat.of().formatHex(md5(salted));
    }

    private static byte[] md5(byte[] bytes) {
        try {
            return MessageDigest.getInstance("MD5").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has MD5", e);
        }
    }

    /** The rows, each by its columns' names; what is null is left out. */
    List<Map<String, String>> ask(String command) throws IOException {
        send(new byte[] {'Q'}, terminated(command));
        List<String> columns = new ArrayList<>();
        List<Map<String, String>> rows = new ArrayList<>();
        for (Message message = receive(); message.type != 'Z'; message = receive()) {
            switch (message.type) {
                case 'T' -> columns.addAll(columns(message.body));
                case 'D' -> rows.add(row(message.body, columns));
                // That it is done, and what it has to say besides.
                default -> {}
            }
        }
        return rows;
    }

    private static List<String> columns(DataInputStream description) throws IOException {
        List<String> names = new ArrayList<>();
        int count = description.readShort();
        for (int i = 0; i < count; i++) {
            ByteArrayOutputStream name = new ByteArrayOutputStream();
            for (int next = description.readByte(); next != 0; next = description.readByte()) {
                name.write(next);
            }
            names.add(name.toString(StandardCharsets.UTF_8));
            // Table, column, type, its size, its modifier, the format.
            description.skipNBytes(4 + 2 + 4 + 2 + 4 + 2);
        }
        return names;
    }

    private static Map<String, String> row(DataInputStream data, List<String> columns) throws IOException {
        Map<String, String> row = new LinkedHashMap<>();
        int count = data.readShort();
        for (int i = 0; i < count; i++) {
            int length = data.readInt();
            if (length >= 0) {
                row.put(columns.get(i), new String(data.readNBytes(length), StandardCharsets.UTF_8));
            }
        }
        return row;
    }

    /** @throws IOException also of what PgBouncer refuses */
    private Message receive() throws IOException {
        char type = (char) in.readUnsignedByte();
        byte[] body = in.readNBytes(in.readInt() - Integer.BYTES);
        if (type == 'E') {
            throw new IOException(
                    new String(body, StandardCharsets.UTF_8).replace('\0', ' ').strip());
        }
        return new Message(type, new DataInputStream(new ByteArrayInputStream(body)));
    }

    private void send(byte[] type, byte[] body) throws IOException {
        ByteArrayOutputStream message = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(message);
        data.write(type);
        data.writeInt(body.length + Integer.BYTES);
        data.write(body);
        out.write(message.toByteArray());
        out.flush();
    }

    private static byte[] terminated(String text) {
        return (text + '\0').getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
