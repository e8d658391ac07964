package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalDigitsTest {
    @ParameterizedTest
    @ValueSource(longs = {0, 7, 10, 99, 100, -1, -10, 1_234_567_890L, Long.MAX_VALUE, Long.MIN_VALUE})
    void writesWhatJavaPrints(long value) {
        byte[] bytes = new byte[DecimalDigits.length(value)];
        DecimalDigits.put(value, bytes, 0, bytes.length);

        assertThat(new String(bytes, StandardCharsets.US_ASCII)).isEqualTo(Long.toString(value));
    }
}
