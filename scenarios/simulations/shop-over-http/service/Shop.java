import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A small shop: reads orders and takes payments, over a pool of connections. It is told where it listens and where its database is as services usually
 * are: by PORT and JDBC_DATABASE_URL.
 */
public final class Shop {
    private static final int CONNECTIONS = 8;
    private static final Pattern ORDER = Pattern.compile("/orders/(\\d{1,9})");
    private static final Pattern PAYMENT = Pattern.compile("/orders/(\\d{1,9})/payment");

    private final String url;
    private final BlockingQueue<Optional<Connection>> pool = new ArrayBlockingQueue<>(CONNECTIONS);

    private Shop(String url) {
        this.url = url;
        for (int i = 0; i < CONNECTIONS; i++) {
            pool.add(Optional.empty());
        }
    }

    public static void main(String[] arguments) throws IOException {
        System.setProperty("sun.net.httpserver.nodelay", "true");
        Shop shop = new Shop(System.getenv("JDBC_DATABASE_URL"));
        int port = Integer.parseInt(System.getenv("PORT"));
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.setExecutor(Executors.newCachedThreadPool());
        server.createContext("/health", exchange -> shop.answer(exchange, connection -> {
            try (PreparedStatement one = connection.prepareStatement("select 1")) {
                one.execute();
                return new Answer(200, "{\"status\":\"up\"}");
            }
        }));
        server.createContext("/orders/", shop::order);
        server.start();
        System.out.println("listening on port " + port);
    }

    private record Answer(int status, String body) {}

    private interface Work {
        Answer on(Connection connection) throws SQLException;
    }

    private void order(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        Matcher order = ORDER.matcher(path);
        Matcher payment = PAYMENT.matcher(path);
        if (order.matches()) {
            answer(exchange, connection -> read(connection, Long.parseLong(order.group(1))));
        } else if (payment.matches() && exchange.getRequestMethod().equals("POST")) {
            answer(exchange, connection -> pay(connection, Long.parseLong(payment.group(1))));
        } else {
            answered(exchange, new Answer(404, ""));
        }
    }

    private static Answer read(Connection connection, long order) throws SQLException {
        try (PreparedStatement read =
                connection.prepareStatement("select status, amount from orders where id = ?")) {
            read.setLong(1, order);
            try (ResultSet row = read.executeQuery()) {
                return row.next()
                        ? new Answer(
                                200, "{\"status\":\"" + row.getString(1) + "\",\"amount\":" + row.getBigDecimal(2) + "}")
                        : new Answer(404, "");
            }
        }
    }

    private static Answer pay(Connection connection, long order) throws SQLException {
        try (PreparedStatement pay = connection.prepareStatement("update orders set status = 'paid' where id = ?")) {
            pay.setLong(1, order);
            return new Answer(pay.executeUpdate() == 1 ? 204 : 404, "");
        }
    }

    /** On a connection of the pool, a new one where there is none yet or the last one broke. */
    private void answer(HttpExchange exchange, Work work) throws IOException {
        Answer answer;
        try {
            Optional<Connection> kept = pool.poll(30, TimeUnit.SECONDS);
            if (kept == null) {
                answered(exchange, new Answer(503, ""));
                return;
            }
            Optional<Connection> after = Optional.empty();
            try {
                Connection connection = kept.isPresent() ? kept.get() : DriverManager.getConnection(url);
                answer = work.on(connection);
                after = Optional.of(connection);
            } catch (SQLException e) {
                System.out.println(e.getMessage());
                answer = new Answer(500, "");
            } finally {
                pool.add(after);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            answer = new Answer(503, "");
        }
        answered(exchange, answer);
    }

    private static void answered(HttpExchange exchange, Answer answer) throws IOException {
        try (exchange) {
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
            if (body.length > 0) {
                exchange.getResponseBody().write(body);
            }
        }
    }
}
