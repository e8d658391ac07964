package dev.rehearsal.dataset;

import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.postgresql.util.ByteConverter;

/** Reads back what a generator writes, with the PostgreSQL driver's decoders where it has them. */
final class Fields {
    private Fields() {}

    /** The field with its length. */
    static byte[] written(ColumnGenerator generator, long row) {
        CopyBuffer buffer = new CopyBuffer(16);
        generator.write(row, buffer);
        return Arrays.copyOf(buffer.array(), buffer.size());
    }

    static boolean isNull(ColumnGenerator generator, long row) {
        return Arrays.equals(written(generator, row), new byte[] {-1, -1, -1, -1});
    }

    static long int8(ColumnGenerator generator, long row) {
        return value(generator, row, Long.BYTES).getLong();
    }

    static int int4(ColumnGenerator generator, long row) {
        return value(generator, row, Integer.BYTES).getInt();
    }

    static double float8(ColumnGenerator generator, long row) {
        return value(generator, row, Double.BYTES).getDouble();
    }

    static boolean bool(ColumnGenerator generator, long row) {
        return value(generator, row, 1).get() == 1;
    }

    static String text(ColumnGenerator generator, long row) {
        byte[] field = written(generator, row);
        return new String(field, Integer.BYTES, field.length - Integer.BYTES, StandardCharsets.UTF_8);
    }

    static BigDecimal numeric(ColumnGenerator generator, long row) {
        return decodeNumeric(written(generator, row));
    }

    static BigDecimal decodeNumeric(byte[] field) {
        Number number = ByteConverter.numeric(field, Integer.BYTES, field.length - Integer.BYTES);
        return (BigDecimal) number;
    }

    private static ByteBuffer value(ColumnGenerator generator, long row, int bytes) {
        ByteBuffer field = ByteBuffer.wrap(written(generator, row));
        if (field.getInt() != bytes || field.remaining() != bytes) {
            throw new AssertionError("not a field of " + bytes + " bytes: " + Arrays.toString(field.array()));
        }
        return field;
    }
}
