package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rehearsal.scenario.Parameter;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
    private static final int DRAWS = 20_000;

    private static Map<Object, Long> drawn(Parameter parameter, Map<String, KeyDomain> keys) {
        Values values = Values.of(parameter, keys);
        return LongStream.range(0, DRAWS)
                .mapToObj(i -> values.draw(Seeds.random(Seeds.derive(1, i)), i))
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
    }

    @Test
    void uniformNumbersReachBothEnds() {
        Map<Object, Long> drawn = drawn(new Parameter.UniformLong(3, 7), Map.of());

        assertThat(drawn).containsOnlyKeys(3L, 4L, 5L, 6L, 7L);
        assertThat(drawn.values())
                .allSatisfy(count -> assertThat(count / (double) DRAWS).isCloseTo(0.2, within(0.02)));
    }

    @Test
    void uniformNumbersUpToTheLargest() {
        assertThat(drawn(new Parameter.UniformLong(Long.MAX_VALUE - 1, Long.MAX_VALUE), Map.of()))
                .containsOnlyKeys(Long.MAX_VALUE - 1, Long.MAX_VALUE);
    }

    @Test
    void uniformDecimalsHaveTheirScaleAndReachBothEnds() {
        Map<Object, Long> drawn =
                drawn(new Parameter.UniformDecimal(new BigDecimal("0.5"), new BigDecimal("0.7"), 1), Map.of());

        assertThat(drawn).containsOnlyKeys(new BigDecimal("0.5"), new BigDecimal("0.6"), new BigDecimal("0.7"));
    }

    @Test
    void zipfPrefersTheSmallest() {
        Map<Object, Long> drawn = drawn(new Parameter.Zipf(10, 109, 1.0), Map.of());

        // 1 / (1 + 1/2 + … + 1/100) is 0.193.
        assertThat(drawn.get(10L) / (double) DRAWS).isCloseTo(0.193, within(0.01));
        assertThat(drawn.get(11L) / (double) DRAWS).isCloseTo(0.096, within(0.01));
        assertThat(drawn.keySet()).allSatisfy(value -> assertThat((Long) value).isBetween(10L, 109L));
    }

    @Test
    void referencesDrawExistingKeysAndScatterThePopularOnes() {
        Map<String, KeyDomain> keys = Map.of("orders.id", new KeyDomain.Dense(1, 1000));

        Map<Object, Long> drawn = drawn(new Parameter.References("orders", "id", 1.2), keys);

        List<Long> popular = drawn.entrySet().stream()
                .sorted(Map.Entry.<Object, Long>comparingByValue().reversed())
                .limit(4)
                .map(entry -> (Long) entry.getKey())
                .sorted()
                .toList();
        assertThat(popular.getFirst()).isPositive();
        assertThat(popular.getLast()).isLessThanOrEqualTo(1000);
        for (int i = 1; i < popular.size(); i++) {
            assertThat(popular.get(i) - popular.get(i - 1)).isGreaterThan(50);
        }
    }

    @Test
    void choicesComeByTheirWeights() {
        Map<Object, Long> drawn =
                drawn(new Parameter.Choice(List.of("new", "paid", "never"), List.of(1.0, 3.0, 0.0)), Map.of());

        assertThat(drawn).containsOnlyKeys("new", "paid");
        assertThat(drawn.get("paid") / (double) DRAWS).isCloseTo(0.75, within(0.02));
    }

    @Test
    void sequencesCountRequestsAndLiteralsStay() {
        assertThat(Values.of(new Parameter.Sequence(100), Map.of()).draw(Seeds.random(1), 7))
                .isEqualTo(107L);
        assertThat(Values.of(new Parameter.Literal("x"), Map.of()).draw(Seeds.random(1), 7))
                .isEqualTo("x");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 10, 97, 1000, 4096})
    void scatteringVisitsEveryPositionOnce(long size) {
        Values.Scattering scattering = Values.Scattering.over(size);

        assertThat(LongStream.range(0, size)
                        .map(scattering::position)
                        .distinct()
                        .count())
                .isEqualTo(size);
        assertThat(LongStream.range(0, size).map(scattering::position)).allMatch(at -> 0 <= at && at < size);
    }
}
