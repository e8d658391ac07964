package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheLimitsTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    private static KeptSnapshot kept(String name, long bytes, int daysUnused, boolean inUse) {
        return new KeptSnapshot(
                new Snapshot(name, name, Path.of(name), Map.of(), bytes, 0),
                NOW.minus(Duration.ofDays(100)),
                NOW.minus(Duration.ofDays(daysUnused)),
                inUse);
    }

    private static List<String> evicted(CacheLimits limits, long keep, KeptSnapshot... kept) {
        return limits.evicted(List.of(kept), NOW, keep).stream()
                .map(each -> each.snapshot().name())
                .toList();
    }

    @Test
    void whatNobodyUsedForLongGoes() {
        CacheLimits limits = new CacheLimits(Long.MAX_VALUE, Duration.ofDays(30));

        assertThat(evicted(limits, 0, kept("new", 5, 1, false), kept("old", 5, 31, false), kept("held", 5, 40, true)))
                .containsExactly("old");
    }

    @Test
    void whatWasUsedLongestAgoGoesUntilTheRestIsSmallEnough() {
        CacheLimits limits = new CacheLimits(100, Duration.ofDays(30));

        assertThat(evicted(limits, 0, kept("a", 50, 1, false), kept("b", 50, 2, false)))
                .isEmpty();
        assertThat(evicted(limits, 1, kept("a", 50, 1, false), kept("b", 50, 2, false)))
                .containsExactly("b");
        assertThat(evicted(limits, 0, kept("a", 50, 1, false), kept("b", 50, 3, true), kept("c", 50, 2, false)))
                .containsExactly("c");
        assertThat(evicted(new CacheLimits(0, Duration.ofDays(30)), 0, kept("a", 1, 0, false)))
                .containsExactly("a");
        assertThat(evicted(CacheLimits.NONE, 0, kept("a", 1, 3_000, false))).isEmpty();
    }

    @Test
    void theEnvironmentSaysHowMuch() {
        assertThat(CacheLimits.of(Map.of(), 1_000)).isEqualTo(new CacheLimits(500, Duration.ofDays(30)));
        assertThat(CacheLimits.of(Map.of("HARNESS_CACHE_BYTES", "7", "HARNESS_CACHE_DAYS", "2"), 1_000))
                .isEqualTo(new CacheLimits(7, Duration.ofDays(2)));
        assertThatThrownBy(() -> CacheLimits.of(Map.of("HARNESS_CACHE_BYTES", "20GB"), 1_000))
                .hasMessage("HARNESS_CACHE_BYTES must be a whole number, got 20GB");
    }
}
