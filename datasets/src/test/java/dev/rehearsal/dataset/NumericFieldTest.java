package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumericFieldTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "0, 2",
        "1, 0",
        "-1, 0",
        "9999, 0",
        "10000, 0",
        "100000000, 0",
        "1, 2",
        "10, 2",
        "12345, 2",
        "-12345, 2",
        "1000000, 2",
        "5, 3",
        "5, 4",
        "5, 5",
        "123456789, 5",
        "1, 9",
        "20000, 4",
        "999999999999999, 2",
        "-100, 2"
    })
    void decodesToTheSameNumberWithTheSameDigits(long unscaled, int scale) {
        assertThat(written(unscaled, scale)).isEqualTo(new BigDecimal(java.math.BigInteger.valueOf(unscaled), scale));
    }

    @Test
    void decodesRandomNumbers() {
        RowRandom random = new RowRandom(42, "numeric", "field");
        for (int row = 0; row < 10_000; row++) {
            long unscaled = random.bits(row) >> (12 + row % 50);
            int scale = row % 10;

            assertThat(NumericField.fits(unscaled, scale)).isTrue();
            assertThat(written(unscaled, scale))
                    .isEqualTo(new BigDecimal(java.math.BigInteger.valueOf(unscaled), scale));
        }
    }

    private static BigDecimal written(long unscaled, int scale) {
        CopyBuffer buffer = new CopyBuffer(8);
        NumericField.write(unscaled, scale, buffer);
        return Fields.decodeNumeric(Arrays.copyOf(buffer.array(), buffer.size()));
    }
}
