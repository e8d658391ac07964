package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.sql.SqlSchema;
import java.util.stream.Stream;

/**
 * How much disk a dataset will take, from its definition alone: to refuse before building, not after filling the disk.
 *
 * <p>Rounded up on purpose, and blind to indexes: they are taken as a share of the rows.
 *
 * @param dataBytes tables, indexes and the server's own files, once built
 * @param writeAheadLogBytes on top of them while building
 */
record DiskEstimate(long dataBytes, long writeAheadLogBytes) {
    /** A cluster without any table of ours. */
    private static final long CLUSTER_BYTES = 60L << 20;
    /** Item pointer, tuple header, null bitmap, alignment. */
    private static final int ROW_OVERHEAD = 4 + 24 + 8;
    /** Indexes beside tables. */
    private static final double INDEX_SHARE = 0.6;

    /** Between two checkpoints of the build. */
    static final long MOST_WRITE_AHEAD_LOG = 2L << 30;

    static DiskEstimate of(DatasetSpec spec) {
        double tables = 0;
        SqlSchema schema = SqlSchema.read(spec.definition().schemaSql());
        for (TableDefinition table : spec.definition().tables().values()) {
            long rowBytes = ROW_OVERHEAD;
            for (Generator generator : table.columns().values()) {
                rowBytes += width(generator);
            }
            SqlSchema.Table known = schema.tables().get(table.name());
            if (known != null) {
                rowBytes += known.columns().values().stream()
                        .filter(column -> !table.columns().containsKey(column.name()))
                        .mapToLong(column -> width(column.type()))
                        .sum();
            }
            tables += (double) spec.rows(table.name()) * rowBytes;
        }
        long data = CLUSTER_BYTES + (long) (tables * (1 + INDEX_SHARE));
        return new DiskEstimate(data, Math.min(MOST_WRITE_AHEAD_LOG, data));
    }

    /** What must be free before a build begins. */
    long peakBytes() {
        return dataBytes + writeAheadLogBytes;
    }

    /** Of a column that gets a generator when the dataset is built. */
    private static long width(String type) {
        if (type.contains("[]") || type.startsWith("json")) {
            return 64;
        }
        return switch (type.replaceAll("[ (].*", "")) {
            case "text", "character", "varchar", "char", "bytea", "xml", "citext" -> 40;
            case "uuid", "numeric", "interval" -> 16;
            case "boolean", "bool" -> 1;
            default -> 8;
        };
    }

    private static long width(Generator generator) {
        return switch (generator) {
            case Generator.Sequence sequence -> 8;
            case Generator.UniformLong uniform -> 8;
            case Generator.Zipf zipf -> 8;
            case Generator.References references -> 8;
            case Generator.Timestamp moment -> 8;
            case Generator.Normal normal -> 8;
            case Generator.LogNormal normal -> 8;
            case Generator.UniformDecimal decimal -> 12;
            case Generator.Uuid uuid -> 16;
            case Generator.Histogram histogram -> width(histogram);
            case Generator.PopularReferences references -> 8;
            case Generator.Bool bool -> 1;
            case Generator.Text text -> 4 + (text.minLength() + (long) text.maxLength()) / 2;
            case Generator.Pattern pattern -> 12 + pattern.pattern().length();
            case Generator.Choice choice ->
                4 + choice.values().stream().mapToInt(String::length).max().orElse(0);
            case Generator.Faker faker -> 24;
            case Generator.Json json ->
                json.fields().entrySet().stream()
                                .mapToLong(field -> field.getKey().length() + 4 + width(field.getValue()))
                                .sum()
                        + 8;
            case Generator.Array array ->
                24 + width(array.element()) * (array.minLength() + (long) array.maxLength()) / 2;
            case Generator.Bytes bytes -> 4 + (bytes.minLength() + (long) bytes.maxLength()) / 2;
            case Generator.Inet inet -> 8;
            case Generator.Interval interval -> 16;
            case Generator.Unique unique -> width(unique.inner());
            case Generator.Nullable nullable -> Math.round(width(nullable.inner()) * (1 - nullable.fraction()));
        };
    }

    private static long width(Generator.Histogram histogram) {
        int longest = Stream.concat(
                        histogram.bounds().stream(), histogram.common().stream().map(Generator.Common::value))
                .mapToInt(String::length)
                .max()
                .orElse(0);
        return 4
                + Math.max(
                        8,
                        histogram.width().isPresent()
                                ? Math.round(histogram.width().getAsDouble())
                                : longest);
    }
}
