package dev.rehearsal.dataset;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/** Values written in {@code dataset.yaml}, as PostgreSQL's types have them in binary. */
final class Literals {
    /** PostgreSQL counts days and microseconds from here. */
    private static final Instant EPOCH = Instant.parse("2000-01-01T00:00:00Z");

    static final long MICROS_PER_DAY = ChronoUnit.DAYS.getDuration().toNanos() / 1_000;

    private Literals() {}

    /** Microseconds since 2000-01-01 UTC. */
    static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(EPOCH, moment);
    }

    /** The moment so many microseconds after 2000-01-01 UTC. */
    static Instant moment(long micros) {
        return EPOCH.plus(micros, ChronoUnit.MICROS);
    }

    /** The bytes of a field without its length; empty if the text is no value of the column's type, or the type is not one of ours. */
    static Optional<byte[]> bytes(String text, ServerColumn column) {
        try {
            return switch (column.type()) {
                case "int2" -> Optional.of(shortBytes(Short.parseShort(text)));
                case "int4" -> Optional.of(intBytes(Integer.parseInt(text)));
                case "int8" -> Optional.of(longBytes(Long.parseLong(text)));
                case "float4" -> Optional.of(intBytes(Float.floatToIntBits(Float.parseFloat(text))));
                case "float8" -> Optional.of(longBytes(Double.doubleToLongBits(Double.parseDouble(text))));
                case "numeric" -> numeric(new BigDecimal(text), column);
                case "bool" -> bool(text);
                case "uuid" -> Optional.of(uuid(UUID.fromString(text)));
                case "date" ->
                    Optional.of(intBytes(Math.toIntExact(Math.floorDiv(micros(moment(text)), MICROS_PER_DAY))));
                case "timestamp", "timestamptz" -> Optional.of(longBytes(micros(moment(text))));
                case "json" -> Optional.of(text.getBytes(StandardCharsets.UTF_8));
                case "jsonb" -> Optional.of(jsonb(text));
                default ->
                    column.isText() && text.codePointCount(0, text.length()) <= column.maxLength()
                            ? Optional.of(text.getBytes(StandardCharsets.UTF_8))
                            : Optional.empty();
            };
        } catch (IllegalArgumentException | DateTimeException | ArithmeticException notOfThisType) {
            return Optional.empty();
        }
    }

    /** {@code 2023-01-01}, {@code 2023-01-01T12:00:00Z}, and as the server writes moments: {@code 2023-01-01 12:00:00+00}. */
    static Instant moment(String text) {
        if (text.contains("T")) {
            return Instant.parse(text);
        }
        if (text.contains(" ")) {
            String moment = text.replace(' ', 'T');
            return moment.matches(".*[+-]\\d\\d$")
                    ? OffsetDateTime.parse(moment + ":00").toInstant()
                    : moment.matches(".*[+-]\\d\\d:\\d\\d$")
                            ? OffsetDateTime.parse(moment).toInstant()
                            : LocalDateTime.parse(moment).toInstant(ZoneOffset.UTC);
        }
        return LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static Optional<byte[]> numeric(BigDecimal value, ServerColumn column) {
        int scale = column.scale(Math.max(0, value.scale()));
        BigDecimal shown = value.setScale(Math.max(0, scale), RoundingMode.UNNECESSARY);
        long unscaled = shown.unscaledValue().longValueExact();
        if (!NumericField.fits(unscaled, shown.scale()) || shown.precision() > column.precision(1000)) {
            return Optional.empty();
        }
        CopyBuffer buffer = new CopyBuffer(64);
        NumericField.write(unscaled, shown.scale(), buffer);
        return Optional.of(Arrays.copyOfRange(buffer.array(), Integer.BYTES, buffer.size()));
    }

    private static Optional<byte[]> bool(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "true" -> Optional.of(new byte[] {1});
            case "false" -> Optional.of(new byte[] {0});
            default -> Optional.empty();
        };
    }

    private static byte[] uuid(UUID uuid) {
        return ByteBuffer.allocate(16)
                .putLong(uuid.getMostSignificantBits())
                .putLong(uuid.getLeastSignificantBits())
                .array();
    }

    private static byte[] jsonb(String text) {
        byte[] json = text.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(1 + json.length).put((byte) 1).put(json).array();
    }

    private static byte[] shortBytes(short value) {
        return ByteBuffer.allocate(Short.BYTES).putShort(value).array();
    }

    private static byte[] intBytes(int value) {
        return ByteBuffer.allocate(Integer.BYTES).putInt(value).array();
    }

    private static byte[] longBytes(long value) {
        return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
    }
}
