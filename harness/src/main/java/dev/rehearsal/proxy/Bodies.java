package dev.rehearsal.proxy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;

/** Toxiproxy's JSON, in and out. */
final class Bodies {
    private static final ObjectMapper JSON = new ObjectMapper();

    private Bodies() {}

    // ---- in ---------------------------------------------------------------------------------------------------------

    static JsonNode parse(byte[] body) throws ApiException {
        if (body.length == 0) {
            throw bad("EOF");
        }
        try {
            return JSON.readTree(body);
        } catch (JacksonException e) {
            throw bad(e.getOriginalMessage());
        }
    }

    static JsonNode parseObject(byte[] body) throws ApiException {
        JsonNode node = parse(body);
        if (!node.isObject()) {
            throw bad("an object is wanted, not " + node.getNodeType());
        }
        return node;
    }

    static String text(JsonNode object, String field, String otherwise) throws ApiException {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isString()) {
            throw bad(field + " must be a string");
        }
        return value.stringValue();
    }

    static boolean flag(JsonNode object, String field, boolean otherwise) throws ApiException {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw bad(field + " must be true or false");
        }
        return value.booleanValue();
    }

    static float fraction(JsonNode object, String field, float otherwise) throws ApiException {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw bad(field + " must be a number");
        }
        return value.floatValue();
    }

    static Toxic toxic(JsonNode body) throws ApiException {
        String word = text(body, "stream", "downstream");
        Toxic.Stream stream = switch (word) {
            case "upstream" -> Toxic.Stream.UPSTREAM;
            case "downstream" -> Toxic.Stream.DOWNSTREAM;
            default -> throw new ApiException(400, "stream was invalid, can be either upstream or downstream");
        };
        Toxic.Attributes none = switch (text(body, "type", "")) {
            case "latency" -> new Toxic.Latency(0, 0);
            case "bandwidth" -> new Toxic.Bandwidth(0);
            case "timeout" -> new Toxic.Timeout(0);
            case "reset_peer" -> new Toxic.ResetPeer(0);
            default -> throw new ApiException(400, "invalid toxic type");
        };
        String name = text(body, "name", "");
        return new Toxic(
                name.isEmpty() ? none.type() + "_" + word : name,
                stream,
                fraction(body, "toxicity", 1),
                attributes(body, none));
    }

    /** Name, type and stream of a toxic stay; attributes that are not mentioned, too. */
    static Toxic updated(Toxic toxic, JsonNode body) throws ApiException {
        return new Toxic(
                toxic.name(),
                toxic.stream(),
                fraction(body, "toxicity", toxic.toxicity()),
                attributes(body, toxic.attributes()));
    }

    private static Toxic.Attributes attributes(JsonNode body, Toxic.Attributes before) throws ApiException {
        JsonNode attributes = body.get("attributes");
        if (attributes == null || attributes.isNull()) {
            return before;
        }
        if (!attributes.isObject()) {
            throw bad("attributes must be an object");
        }
        return switch (before) {
            case Toxic.Latency latency ->
                new Toxic.Latency(
                        number(attributes, "latency", latency.latency()),
                        number(attributes, "jitter", latency.jitter()));
            case Toxic.Bandwidth bandwidth -> new Toxic.Bandwidth(number(attributes, "rate", bandwidth.rate()));
            case Toxic.Timeout timeout -> new Toxic.Timeout(number(attributes, "timeout", timeout.timeout()));
            case Toxic.ResetPeer reset -> new Toxic.ResetPeer(number(attributes, "timeout", reset.timeout()));
        };
    }

    private static long number(JsonNode object, String field, long otherwise) throws ApiException {
        JsonNode value = object.get(field);
        if (value == null || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw bad(field + " must be a whole number");
        }
        return value.longValue();
    }

    private static ApiException bad(String reason) {
        return new ApiException(400, "bad request body: " + reason);
    }

    // ---- out --------------------------------------------------------------------------------------------------------

    static Map<String, Object> of(Proxy proxy) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("name", proxy.name());
        body.put("listen", proxy.listen());
        body.put("upstream", proxy.upstream());
        body.put("enabled", proxy.enabled());
        body.put("toxics", of(proxy.toxics()));
        return body;
    }

    static List<Map<String, Object>> of(List<Toxic> toxics) {
        return toxics.stream().map(Bodies::of).toList();
    }

    static Map<String, Object> of(Toxic toxic) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("attributes", toxic.attributes());
        body.put("name", toxic.name());
        body.put("type", toxic.attributes().type());
        body.put("stream", toxic.stream().word());
        // As Go writes it: 1, not 1.0.
        body.put("toxicity", toxic.toxicity() == 1 ? (Object) 1 : (Object) toxic.toxicity());
        return body;
    }

    static Map<String, Object> of(ApiException error) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("error", error.getMessage());
        body.put("status", error.status());
        return body;
    }

    static String text(Object body) {
        return JSON.writeValueAsString(body);
    }
}
