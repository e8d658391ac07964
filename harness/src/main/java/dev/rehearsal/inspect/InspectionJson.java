package dev.rehearsal.inspect;

import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** An inspection for programs: the fields of {@link Inspection}, as they are named there. */
public final class InspectionJson {
    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();

    private InspectionJson() {}

    /** With its last line's end. */
    public static String of(Inspection inspection) {
        return MAPPER.writeValueAsString(inspection) + "\n";
    }
}
