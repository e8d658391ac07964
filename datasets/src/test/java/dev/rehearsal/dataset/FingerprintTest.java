package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.DatasetDefinition.TableDefinition;
import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final String SCHEMA = "create table t (c bigint);";

    @Test
    void isTheSameForTheSameData() {
        String one = Fingerprint.of(spec(SCHEMA, 1_000, new Generator.Sequence(1), 2), 42, "18.6", "Linux amd64");
        String scaledOtherwise =
                Fingerprint.of(spec(SCHEMA, 2_000, new Generator.Sequence(1), 1), 42, "18.6", "Linux amd64");

        assertThat(one).matches("[0-9a-f]{64}").isEqualTo(scaledOtherwise);
    }

    @Test
    void differsWithEveryPartThatTheDataDependsOn() {
        DatasetSpec spec = spec(SCHEMA, 1_000, new Generator.Sequence(1), 1);

        List<String> fingerprints = Stream.of(
                        Fingerprint.of(spec, 42, "18.6", "Linux amd64"),
                        Fingerprint.of(spec, 43, "18.6", "Linux amd64"),
                        Fingerprint.of(spec, 42, "18.5", "Linux amd64"),
                        Fingerprint.of(spec, 42, "18.6", "Linux aarch64"),
                        Fingerprint.of(
                                spec(SCHEMA + " ", 1_000, new Generator.Sequence(1), 1), 42, "18.6", "Linux amd64"),
                        Fingerprint.of(spec(SCHEMA, 1_001, new Generator.Sequence(1), 1), 42, "18.6", "Linux amd64"),
                        Fingerprint.of(spec(SCHEMA, 1_000, new Generator.Sequence(2), 1), 42, "18.6", "Linux amd64"))
                .toList();

        assertThat(fingerprints).doesNotHaveDuplicates();
    }

    private static DatasetSpec spec(String schema, long rows, Generator generator, double scale) {
        TableDefinition table = new TableDefinition("t", rows, Map.of("c", generator));
        return new DatasetSpec(
                new DatasetDefinition("test", Path.of("/nowhere"), schema, Map.of("t", table)), scale, Map.of());
    }
}
