package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class CacheDirectoryTest {
    private static final Path HOME = Path.of("/home/somebody");

    @Test
    void ownVariableWins() {
        assertThat(CacheDirectory.resolve(Map.of("HARNESS_CACHE", "/big/disk", "XDG_CACHE_HOME", "/xdg"), HOME))
                .isEqualTo(Path.of("/big/disk"));
    }

    @Test
    void xdgVariableComesSecond() {
        assertThat(CacheDirectory.resolve(Map.of("HARNESS_CACHE", "", "XDG_CACHE_HOME", "/xdg"), HOME))
                .isEqualTo(Path.of("/xdg/rehearsal-harness"));
    }

    @Test
    void relativeXdgVariableIsIgnored() {
        assertThat(CacheDirectory.resolve(Map.of("XDG_CACHE_HOME", "xdg"), HOME))
                .isEqualTo(HOME.resolve(".cache/rehearsal-harness"));
    }

    @Test
    void homeIsTheLastResort() {
        assertThat(CacheDirectory.resolve(Map.of(), HOME)).isEqualTo(HOME.resolve(".cache/rehearsal-harness"));
    }
}
