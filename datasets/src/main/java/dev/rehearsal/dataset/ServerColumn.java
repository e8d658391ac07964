package dev.rehearsal.dataset;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A column as the server's catalog has it.
 *
 * @param type the server's name of its type, such as {@code int8}; of a domain, the type under it
 * @param modifier what stands in brackets behind the type, encoded as in {@code pg_attribute.atttypmod}; -1 if nothing does
 * @param kind {@code pg_type.typtype}: {@code b} a base type, {@code e} an enum
 * @param computed whether the server refuses values for it (GENERATED ALWAYS AS (…))
 */
record ServerColumn(
        String table, String name, String type, int modifier, char kind, boolean notNull, boolean computed) {
    private static final String QUERY = """
            select a.attname,
                   coalesce(base.typname, t.typname),
                   case when base.oid is null then a.atttypmod else t.typtypmod end,
                   coalesce(base.typtype, t.typtype),
                   a.attnotnull or t.typnotnull,
                   a.attgenerated <> ''
            from pg_attribute a
            join pg_type t on t.oid = a.atttypid
            left join pg_type base on t.typtype = 'd' and base.oid = t.typbasetype
            where a.attrelid = to_regclass(?) and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """;

    /** The columns of a table in its order; none if there is no such table. */
    static Map<String, ServerColumn> of(Connection connection, String table) throws SQLException {
        Map<String, ServerColumn> columns = new LinkedHashMap<>();
        try (PreparedStatement query = connection.prepareStatement(QUERY)) {
            query.setString(1, table);
            try (ResultSet row = query.executeQuery()) {
                while (row.next()) {
                    String name = row.getString(1);
                    columns.put(
                            name,
                            new ServerColumn(
                                    table,
                                    name,
                                    row.getString(2),
                                    row.getInt(3),
                                    row.getString(4).charAt(0),
                                    row.getBoolean(5),
                                    row.getBoolean(6)));
                }
            }
        }
        return columns;
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
        return modifier < 4 ? Integer.MAX_VALUE : modifier - 4;
    }

    boolean isText() {
        return switch (type) {
            case "text", "varchar", "bpchar" -> true;
            default -> kind == 'e';
        };
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
            default -> type;
        };
    }
}
