package dev.rehearsal.dataset;

import dev.rehearsal.scenario.DatasetSpec;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/**
 * The name of everything that a snapshot's bytes depend on: schema, generators, row counts, seed, this code, the server and the platform.
 *
 * <p>The scale is in it as the row counts that it leads to: {@code scale: 2} and as many rows written out are the same data.
 */
final class Fingerprint {
    /** To be raised whenever the same definition gives other rows, or a snapshot is left in another state. */
    static final int GENERATOR_VERSION = 2;

    private Fingerprint() {}

    /** 64 hexadecimal digits. */
    static String of(DatasetSpec spec, long seed, String serverVersion, String platform) {
        StringBuilder text = new StringBuilder();
        line(text, "generator", Integer.toString(GENERATOR_VERSION));
        line(text, "server", serverVersion);
        line(text, "platform", platform);
        line(text, "seed", Long.toString(seed));
        line(text, "schema", spec.definition().schemaSql());
        spec.definition().tables().values().forEach(table -> {
            line(text, "table", table.name());
            line(text, "rows", Long.toString(spec.rows(table.name())));
            table.columns().forEach((column, generator) -> {
                line(text, "column", column);
                // Records print all their parts, and nothing of this process.
                line(text, "made by", generator.toString());
            });
        });
        return digest(text);
    }

    /** The same of parts that have names, whatever their order. */
    static String of(Map<String, String> parts) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(parts).forEach((key, value) -> line(text, key, value));
        return digest(text);
    }

    private static String digest(StringBuilder text) {
        return HexFormat.of()
                .formatHex(ContentDigest.sha256().digest(text.toString().getBytes(StandardCharsets.UTF_8)));
    }

    static String platform() {
        return System.getProperty("os.name") + " " + System.getProperty("os.arch");
    }

    /** With its length in front, so that no two lists of parts give the same text. */
    private static void line(StringBuilder text, String key, String value) {
        text.append(key)
                .append(' ')
                .append(value.length())
                .append(' ')
                .append(value)
                .append('\n');
    }
}
