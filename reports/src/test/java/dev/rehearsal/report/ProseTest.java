package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.report.Prose.Part;
import org.junit.jupiter.api.Test;

class ProseTest {
    @Test
    void findsTheCodeBetweenBackticks() {
        assertThat(Prose.of("`select 1` waited for `select 2`.").parts())
                .containsExactly(
                        new Part("select 1", true),
                        new Part(" waited for ", false),
                        new Part("select 2", true),
                        new Part(".", false));
    }

    @Test
    void keepsABacktickWithoutItsPartner() {
        assertThat(Prose.of("a ` b").parts()).containsExactly(new Part("a ` b", false));
    }

    @Test
    void hasNoPartsWithoutText() {
        assertThat(Prose.of("").parts()).isEmpty();
    }
}
