package dev.rehearsal.dataset;

import java.util.List;
import java.util.Optional;

/**
 * A column as the server's catalog has it.
 *
 * @param table as {@link ServerTable#name()}
 * @param type the server's name of its type, such as {@code int8}; of a domain, the type under it
 * @param modifier what stands in brackets behind the type, encoded as in {@code pg_attribute.atttypmod}; -1 if nothing does
 * @param kind {@code pg_type.typtype}: {@code b} a base type, {@code e} an enum, {@code c} a row type, {@code r} a range
 * @param computed whether the server refuses values for it (GENERATED ALWAYS AS (…))
 * @param details what only some types have, and what makes the column's values where nothing else does
 */
record ServerColumn(
        String table,
        String name,
        String type,
        int modifier,
        char kind,
        boolean notNull,
        boolean computed,
        Details details) {

    /**
     * What few ask for.
     *
     * @param sqlType the type as SQL has it, with brackets and schema, such as {@code numeric(8,2)}: to cast to
     * @param labels of an enum, in its order
     * @param elementOid the type of an array's elements; 0 if it is no array
     * @param element the elements as a column of their own
     * @param defaultExpression of the column or of its domain, as the server writes it
     * @param identity numbers come from a sequence of its own
     */
    record Details(
            String sqlType,
            List<String> labels,
            int elementOid,
            Optional<ServerColumn> element,
            Optional<String> defaultExpression,
            boolean identity) {
        static final Details NONE = new Details("", List.of(), 0, Optional.empty(), Optional.empty(), false);

        Details {
            labels = List.copyOf(labels);
        }
    }

    ServerColumn(String table, String name, String type, int modifier, char kind, boolean notNull, boolean computed) {
        this(table, name, type, modifier, kind, notNull, computed, Details.NONE);
    }

    /** This column's name and place, with the type of another: how a key is written into the column that refers to it. */
    ServerColumn withTypeOf(ServerColumn other) {
        return new ServerColumn(table, name, other.type, other.modifier, other.kind, notNull, computed, other.details);
    }

    /** Digits behind the point of a {@code numeric(p, s)}; {@code otherwise} for one without brackets. */
    int scale(int otherwise) {
        // The low 11 bits, signed: PostgreSQL allows negative scales.
        return modifier < 4 ? otherwise : (((modifier - 4) & 0x7ff) ^ 1024) - 1024;
    }

    /** All digits of a {@code numeric(p, s)}; {@code otherwise} for one without brackets. */
    int precision(int otherwise) {
        return modifier < 4 ? otherwise : ((modifier - 4) >> 16) & 0xffff;
    }

    /** Longest text that fits, in characters. */
    int maxLength() {
        return switch (type) {
            case "name" -> 63;
            case "char" -> 1;
            case "varchar", "bpchar" -> modifier < 4 ? Integer.MAX_VALUE : modifier - 4;
            default -> Integer.MAX_VALUE;
        };
    }

    /** How many bits a {@code bit(n)} has, or a {@code bit varying(n)} at most; {@code otherwise} for one without brackets. */
    int bits(int otherwise) {
        return modifier < 0 ? otherwise : modifier;
    }

    boolean isText() {
        return switch (type) {
            case "text", "varchar", "bpchar", "citext", "name", "char" -> true;
            default -> kind == 'e';
        };
    }

    boolean isArray() {
        return details.elementOid() != 0;
    }

    /** The name that schema files use. */
    String typeForPeople() {
        return switch (type) {
            case "int2" -> "smallint";
            case "int4" -> "integer";
            case "int8" -> "bigint";
            case "float4" -> "real";
            case "float8" -> "double precision";
            case "bool" -> "boolean";
            case "bpchar" -> "char";
            default ->
                isArray() ? details.element().map(ServerColumn::typeForPeople).orElse(type) + "[]" : type;
        };
    }
}
