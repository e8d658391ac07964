package dev.rehearsal.dataset;

import dev.rehearsal.scenario.Generator;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A JSON object of a few fields, each made by a generator of its own and then written as JSON has it. A field that is null is left out. Not
 * thread-safe.
 */
final class JsonFields {
    /** The version that {@code jsonb} has in binary. */
    private static final int JSONB_VERSION = 1;

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);

    /** @param name in quotes and with its colon */
    private record Field(String name, ColumnGenerator value, String type) {}

    private final List<Field> fields = new ArrayList<>();
    private final CopyBuffer scratch = new CopyBuffer(256);
    private final boolean binary;

    JsonFields(Map<String, ColumnGenerator> values, Generator.Json json, boolean binary) {
        this.binary = binary;
        values.forEach((name, value) -> {
            Generator generator = json.fields().get(name);
            Generator inner = generator instanceof Generator.Nullable nullable ? nullable.inner() : generator;
            CopyBuffer quoted = new CopyBuffer(64);
            byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
            quote(bytes, 0, bytes.length, quoted);
            quoted.writeByte(':');
            fields.add(new Field(
                    new String(quoted.array(), 0, quoted.size(), StandardCharsets.UTF_8), value, type(inner)));
        });
    }

    /** The type that a generator is compiled for, to be written as JSON afterwards. */
    static String type(Generator generator) {
        return switch (generator) {
            case Generator.Sequence sequence -> "int8";
            case Generator.UniformLong uniform -> "int8";
            case Generator.Zipf zipf -> "int8";
            case Generator.UniformDecimal decimal -> "float8";
            case Generator.Normal normal -> "float8";
            case Generator.LogNormal normal -> "float8";
            case Generator.Bool bool -> "bool";
            case Generator.Timestamp moment -> "timestamptz";
            case Generator.Json json -> "json";
            case Generator.Choice choice -> "text";
            case Generator.Text text -> "text";
            case Generator.Pattern pattern -> "text";
            case Generator.Uuid uuid -> "text";
            case Generator.Faker faker -> "text";
            case Generator.References references -> throw alone(generator);
            case Generator.Array array -> throw alone(generator);
            case Generator.Histogram histogram -> throw alone(generator);
            case Generator.PopularReferences references -> throw alone(generator);
            case Generator.Bytes bytes -> throw alone(generator);
            case Generator.Inet inet -> throw alone(generator);
            case Generator.Interval interval -> throw alone(generator);
            case Generator.Nullable nullable -> throw alone(generator);
            case Generator.Unique unique -> throw alone(generator);
        };
    }

    private static IllegalArgumentException alone(Generator generator) {
        return new IllegalArgumentException("not within json: " + generator);
    }

    void write(long row, CopyBuffer out) {
        int start = out.beginField();
        if (binary) {
            out.writeByte(JSONB_VERSION);
        }
        out.writeByte('{');
        boolean first = true;
        for (Field field : fields) {
            scratch.clear();
            field.value().write(row, scratch);
            int length = scratch.intAt(0);
            if (length >= 0) {
                if (!first) {
                    out.writeByte(',');
                }
                first = false;
                out.write(field.name().getBytes(StandardCharsets.UTF_8));
                value(field.type(), length, out);
            }
        }
        out.writeByte('}');
        out.endField(start);
    }

    private void value(String type, int length, CopyBuffer out) {
        switch (type) {
            case "int8" -> {
                long number = scratch.longAt(4);
                int digits = DecimalDigits.length(number);
                byte[] text = new byte[digits];
                DecimalDigits.put(number, text, 0, digits);
                out.write(text);
            }
            case "float8" ->
                out.write(Double.toString(Double.longBitsToDouble(scratch.longAt(4)))
                        .getBytes(StandardCharsets.US_ASCII));
            case "bool" -> out.write((scratch.array()[4] == 1 ? "true" : "false").getBytes(StandardCharsets.US_ASCII));
            case "timestamptz" ->
                out.write(('"' + Literals.moment(scratch.longAt(4)).toString() + '"')
                        .getBytes(StandardCharsets.US_ASCII));
            case "json" -> out.write(scratch.array(), 4, length);
            default -> quote(scratch.array(), 4, length, out);
        }
    }

    private static void quote(byte[] text, int offset, int length, CopyBuffer out) {
        out.writeByte('"');
        for (int i = offset; i < offset + length; i++) {
            byte character = text[i];
            if (character == '"' || character == '\\') {
                out.writeByte('\\');
                out.writeByte(character);
            } else if (character >= 0 && character < ' ') {
                out.write("\\u00".getBytes(StandardCharsets.US_ASCII));
                out.writeByte(HEX[character >> 4]);
                out.writeByte(HEX[character & 15]);
            } else {
                out.writeByte(character);
            }
        }
        out.writeByte('"');
    }
}
