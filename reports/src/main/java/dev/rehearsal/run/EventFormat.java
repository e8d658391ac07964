package dev.rehearsal.run;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** One event as one line of JSON, and back. Safe for use by several threads. */
final class EventFormat {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            // A migration file can be one statement of many megabytes.
                            .maxStringLength(Integer.MAX_VALUE)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .build();

    private EventFormat() {}

    /** Without the line's end. */
    static String line(RunEvent event) {
        return MAPPER.writerFor(RunEvent.class).writeValueAsString(event);
    }

    /** @throws JacksonException if the line is not a whole event */
    static RunEvent event(String line) {
        return MAPPER.readerFor(RunEvent.class).readValue(line);
    }
}
