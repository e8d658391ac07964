package dev.rehearsal.proxy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.NullNode;

/** Toxiproxy's HTTP API. Each request becomes one command of the event loop, so requests cannot see each other half done. */
final class Api implements HttpHandler {
    private static final String VERSION = "2.12.0";

    private final EventLoop loop;
    private final long seed;
    /** Only the event loop's thread uses it. */
    private final Map<String, Proxy> proxies = new TreeMap<>();

    /** @param seed of whatever toxics do at random */
    Api(EventLoop loop, long seed) {
        this.loop = loop;
        this.seed = seed;
    }

    /** @param body empty: none is sent */
    private record Answer(int status, String body, String contentType) {
        static Answer json(int status, Object body) {
            return new Answer(status, Bodies.text(body), "application/json");
        }

        static Answer plain(int status, String text) {
            return new Answer(status, text, "text/plain; charset=utf-8");
        }

        static Answer nothing(int status) {
            return new Answer(status, "", "");
        }
    }

    @Override
    public void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Answer answer = answer(exchange);
            if (!answer.contentType.isEmpty()) {
                exchange.getResponseHeaders().set("Content-Type", answer.contentType);
            }
            byte[] bytes = answer.body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(answer.status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private Answer answer(HttpExchange exchange) throws IOException {
        String agent = exchange.getRequestHeaders().getFirst("User-Agent");
        if (agent != null && agent.startsWith("Mozilla/")) {
            // A web page must not reach this through its visitor's browser.
            return Answer.plain(403, "User agent not allowed\n");
        }
        byte[] body = exchange.getRequestBody().readAllBytes();
        List<String> path =
                List.of(exchange.getRequestURI().getPath().substring(1).split("/", -1));
        try {
            return loop.call(() -> route(exchange.getRequestMethod(), path, body));
        } catch (ApiException e) {
            // JSON, though the header says otherwise: so it is with Toxiproxy.
            return Answer.plain(e.status(), Bodies.text(Bodies.of(e)) + "\n");
        }
    }

    private Answer route(String method, List<String> path, byte[] body) throws ApiException {
        if (path.contains("")) {
            return notFound();
        }
        return switch (path.size() + " " + path.getFirst()) {
            case "1 version" -> method.equals("GET") ? version() : notAllowed();
            case "1 reset" -> method.equals("POST") ? reset() : notAllowed();
            case "1 populate" -> method.equals("POST") ? populate(body) : notAllowed();
            case "1 proxies" ->
                switch (method) {
                    case "GET" -> list();
                    case "POST" -> create(body);
                    default -> notAllowed();
                };
            case "2 proxies" ->
                switch (method) {
                    case "GET" -> Answer.json(200, Bodies.of(proxy(path.get(1))));
                    case "POST", "PATCH" -> update(proxy(path.get(1)), body);
                    case "DELETE" -> delete(proxy(path.get(1)));
                    default -> notAllowed();
                };
            case "3 proxies" -> path.get(2).equals("toxics") ? toxics(method, path.get(1), body) : notFound();
            case "4 proxies" ->
                path.get(2).equals("toxics") ? toxic(method, path.get(1), path.get(3), body) : notFound();
            default -> notFound();
        };
    }

    private static Answer notFound() {
        return Answer.plain(404, "404 page not found\n");
    }

    private static Answer notAllowed() {
        return Answer.nothing(405);
    }

    private static Answer version() {
        return new Answer(200, "{\"version\": \"" + VERSION + "\"}\n", "application/json;charset=utf-8");
    }

    // ---- proxies ----------------------------------------------------------------------------------------------------

    private Proxy proxy(String name) throws ApiException {
        Proxy proxy = proxies.get(name);
        if (proxy == null) {
            throw new ApiException(404, "proxy not found");
        }
        return proxy;
    }

    private Answer list() {
        Map<String, Object> all = new LinkedHashMap<>();
        proxies.forEach((name, proxy) -> all.put(name, Bodies.of(proxy)));
        return Answer.json(200, all);
    }

    private Answer create(byte[] body) throws ApiException {
        JsonNode input = Bodies.parseObject(body);
        boolean enabled = Bodies.flag(input, "enabled", true);
        Proxy proxy = new Proxy(
                loop,
                seed,
                required(input, "name", ""),
                Bodies.text(input, "listen", ""),
                required(input, "upstream", ""));
        if (proxies.containsKey(proxy.name())) {
            throw new ApiException(409, "proxy already exists");
        }
        if (enabled) {
            proxy.start();
        }
        proxies.put(proxy.name(), proxy);
        return Answer.json(201, Bodies.of(proxy));
    }

    /** For other threads: makes a proxy on a free port of 127.0.0.1, which it returns. */
    int add(String name, String upstream) throws ApiException {
        return loop.call(() -> {
            if (proxies.containsKey(name)) {
                throw new ApiException(409, "proxy already exists");
            }
            Proxy proxy = new Proxy(loop, seed, name, "127.0.0.1:0", upstream);
            proxy.start();
            proxies.put(name, proxy);
            return Address.parse(proxy.listen()).getPort();
        });
    }

    private static String required(JsonNode input, String field, String where) throws ApiException {
        String value = Bodies.text(input, field, "");
        if (value.isEmpty()) {
            throw new ApiException(400, "missing required field: " + field + where);
        }
        return value;
    }

    private Answer populate(byte[] body) {
        List<Map<String, Object>> done = new ArrayList<>();
        Map<String, Object> answer = new LinkedHashMap<>();
        int status = 201;
        try {
            populate(Bodies.parse(body), done);
        } catch (ApiException e) {
            answer.putAll(Bodies.of(e));
            status = e.status();
        }
        // Go's null for a list that nothing was ever added to.
        answer.put("proxies", done.isEmpty() ? NullNode.getInstance() : done);
        return Answer.json(status, answer);
    }

    private void populate(JsonNode input, List<Map<String, Object>> done) throws ApiException {
        if (!input.isArray() && !input.isNull()) {
            throw new ApiException(400, "bad request body: a list is wanted, not " + input.getNodeType());
        }
        List<JsonNode> wanted = new ArrayList<>();
        for (JsonNode each : input) {
            wanted.add(Bodies.object(each));
        }
        for (int i = 0; i < wanted.size(); i++) {
            required(wanted.get(i), "name", " at proxy " + (i + 1));
            required(wanted.get(i), "upstream", " at proxy " + (i + 1));
        }
        for (JsonNode each : wanted) {
            String name = Bodies.text(each, "name", "");
            String listen = Bodies.text(each, "listen", "");
            String upstream = Bodies.text(each, "upstream", "");
            Proxy existing = proxies.get(name);
            if (existing == null || !existing.listensAndLeadsLike(listen, upstream)) {
                if (existing != null) {
                    existing.stop();
                }
                existing = new Proxy(loop, seed, name, listen, upstream);
                if (Bodies.flag(each, "enabled", true)) {
                    existing.start();
                }
                proxies.put(name, existing);
            }
            done.add(Bodies.of(existing));
        }
    }

    private static Answer update(Proxy proxy, byte[] body) throws ApiException {
        JsonNode input = Bodies.parseObject(body);
        proxy.update(
                Bodies.text(input, "listen", proxy.listen()),
                Bodies.text(input, "upstream", proxy.upstream()),
                Bodies.flag(input, "enabled", proxy.enabled()));
        return Answer.json(200, Bodies.of(proxy));
    }

    private Answer delete(Proxy proxy) throws ApiException {
        proxy.stop();
        proxies.remove(proxy.name());
        return Answer.nothing(204);
    }

    private Answer reset() throws ApiException {
        for (Proxy proxy : proxies.values()) {
            proxy.start();
            proxy.removeAllToxics();
        }
        return Answer.nothing(204);
    }

    /** Stops all of them; to be called by other threads. */
    void stopAll() throws ApiException {
        loop.call(() -> {
            for (Proxy proxy : proxies.values()) {
                proxy.stop();
            }
            return true;
        });
    }

    // ---- toxics -----------------------------------------------------------------------------------------------------

    private Answer toxics(String method, String proxyName, byte[] body) throws ApiException {
        return switch (method) {
            case "GET" -> Answer.json(200, Bodies.of(proxy(proxyName).toxics()));
            case "POST" -> {
                Proxy proxy = proxy(proxyName);
                Toxic toxic = Bodies.toxic(Bodies.parseObject(body));
                proxy.add(toxic);
                yield Answer.json(200, Bodies.of(toxic));
            }
            default -> notAllowed();
        };
    }

    private Answer toxic(String method, String proxyName, String toxicName, byte[] body) throws ApiException {
        if (!List.of("GET", "POST", "PATCH", "DELETE").contains(method)) {
            return notAllowed();
        }
        Proxy proxy = proxy(proxyName);
        Toxic toxic = proxy.toxic(toxicName).orElseThrow(() -> new ApiException(404, "toxic not found"));
        return switch (method) {
            case "GET" -> Answer.json(200, Bodies.of(toxic));
            case "DELETE" -> {
                proxy.remove(toxic);
                yield Answer.nothing(204);
            }
            default -> {
                Toxic updated = Bodies.updated(toxic, Bodies.parseObject(body));
                proxy.update(updated);
                yield Answer.json(200, Bodies.of(updated));
            }
        };
    }
}
