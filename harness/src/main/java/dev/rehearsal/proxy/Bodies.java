package dev.rehearsal.proxy;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.NullNode;

/** Toxiproxy's JSON, in and out. */
final class Bodies {
    private static final ObjectMapper JSON = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

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
        return object(parse(body));
    }

    /** An empty one for JSON's null, as in Go. */
    static JsonNode object(JsonNode node) throws ApiException {
        if (node.isNull()) {
            return JSON.createObjectNode();
        }
        if (!node.isObject()) {
            throw bad("an object is wanted, not " + node.getNodeType());
        }
        return node;
    }

    /** A null of JSON's if there is none. As with Toxiproxy, upper and lower case are the same where no name is exactly right. */
    private static JsonNode field(JsonNode object, String field) {
        JsonNode exact = object.get(field);
        if (exact != null) {
            return exact;
        }
        return object.properties().stream()
                .filter(property -> property.getKey().equalsIgnoreCase(field))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(NullNode.getInstance());
    }

    static String text(JsonNode object, String field, String otherwise) throws ApiException {
        JsonNode value = field(object, field);
        if (value.isNull()) {
            return otherwise;
        }
        if (!value.isString()) {
            throw bad(field + " must be a string");
        }
        return value.stringValue();
    }

    static boolean flag(JsonNode object, String field, boolean otherwise) throws ApiException {
        JsonNode value = field(object, field);
        if (value.isNull()) {
            return otherwise;
        }
        if (!value.isBoolean()) {
            throw bad(field + " must be true or false");
        }
        return value.booleanValue();
    }

    static float fraction(JsonNode object, String field, float otherwise) throws ApiException {
        JsonNode value = field(object, field);
        if (value.isNull()) {
            return otherwise;
        }
        if (!value.isNumber()) {
            throw bad(field + " must be a number");
        }
        return value.floatValue();
    }

    static Toxic toxic(JsonNode body) throws ApiException {
        String word = text(body, "stream", "downstream");
        Toxic.Stream stream = switch (word.toLowerCase(Locale.ROOT)) {
            case "upstream" -> Toxic.Stream.UPSTREAM;
            case "downstream" -> Toxic.Stream.DOWNSTREAM;
            default -> throw new ApiException(400, "stream was invalid, can be either upstream or downstream");
        };
        Toxic.Attributes none = switch (text(body, "type", "")) {
            case "noop" -> new Toxic.Noop();
            case "latency" -> new Toxic.Latency(0, 0);
            case "bandwidth" -> new Toxic.Bandwidth(0);
            case "timeout" -> new Toxic.Timeout(0);
            case "reset_peer" -> new Toxic.ResetPeer(0);
            case "slow_close" -> new Toxic.SlowClose(0);
            case "slicer" -> new Toxic.Slicer(0, 0, 0);
            case "limit_data" -> new Toxic.LimitData(0);
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
        JsonNode attributes = field(body, "attributes");
        if (attributes.isNull()) {
            return before;
        }
        if (!attributes.isObject()) {
            throw bad("attributes must be an object");
        }
        return switch (before) {
            case Toxic.Noop noop -> noop;
            case Toxic.Latency latency ->
                new Toxic.Latency(
                        number(attributes, "latency", latency.latency()),
                        number(attributes, "jitter", latency.jitter()));
            case Toxic.Bandwidth bandwidth -> new Toxic.Bandwidth(number(attributes, "rate", bandwidth.rate()));
            case Toxic.Timeout timeout -> new Toxic.Timeout(number(attributes, "timeout", timeout.timeout()));
            case Toxic.ResetPeer reset -> new Toxic.ResetPeer(number(attributes, "timeout", reset.timeout()));
            case Toxic.SlowClose slowClose -> new Toxic.SlowClose(number(attributes, "delay", slowClose.delay()));
            case Toxic.Slicer slicer ->
                new Toxic.Slicer(
                        number(attributes, "average_size", slicer.averageSize()),
                        number(attributes, "size_variation", slicer.sizeVariation()),
                        number(attributes, "delay", slicer.delay()));
            case Toxic.LimitData limit -> new Toxic.LimitData(number(attributes, "bytes", limit.bytes()));
        };
    }

    private static long number(JsonNode object, String field, long otherwise) throws ApiException {
        JsonNode value = field(object, field);
        if (value.isNull()) {
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
        int whole = (int) toxic.toxicity();
        body.put("toxicity", toxic.toxicity() == whole ? (Object) whole : (Object) toxic.toxicity());
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
