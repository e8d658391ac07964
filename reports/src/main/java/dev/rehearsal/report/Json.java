package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.core.JacksonException;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** {@code result.json}. */
public final class Json {
    private static final DefaultIndenter INDENTER = new DefaultIndenter("  ", "\n");
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(SerializationFeature.INDENT_OUTPUT)
            .defaultPrettyPrinter(
                    new DefaultPrettyPrinter().withObjectIndenter(INDENTER).withArrayIndenter(INDENTER))
            .build();

    private Json() {}

    /** The text of {@code result.json}, with its last line's end. */
    public static String render(RunRecord run, Verdict verdict) {
        return MAPPER.writeValueAsString(new ResultComposer(run, verdict).compose()) + "\n";
    }

    /** @throws IOException if it cannot be read, or is not a {@code result.json} of this version */
    public static Result read(Path resultJson) throws IOException {
        try {
            return MAPPER.readValue(Files.readString(resultJson), Result.class);
        } catch (JacksonException e) {
            throw new IOException(resultJson + " is damaged: " + e.getOriginalMessage(), e);
        }
    }
}
