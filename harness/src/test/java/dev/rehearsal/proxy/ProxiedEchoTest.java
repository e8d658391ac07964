package dev.rehearsal.proxy;

import eu.rekawek.toxiproxy.Proxy;
import eu.rekawek.toxiproxy.ToxiproxyClient;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** Each test has an echo server of its own behind a proxy, driven by the real Toxiproxy client. */
abstract class ProxiedEchoTest extends ConformanceTest {
    /** Milliseconds, long enough never to be over while a test runs. */
    static final long HOUR = 3_600_000;

    final Clients clients = new Clients();
    EchoServer echo;
    Proxy proxy;

    @BeforeEach
    void start() throws Exception {
        ToxiproxyClient client =
                new ToxiproxyClient(server.uri().getHost(), server.uri().getPort());
        echo = clients.after(new EchoServer());
        proxy = client.createProxy("primary", "127.0.0.1:0", echo.address());
        clients.after(proxy::delete);
    }

    @AfterEach
    void stop() throws Exception {
        clients.close();
    }
}
