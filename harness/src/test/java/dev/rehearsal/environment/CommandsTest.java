package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class CommandsTest {
    /** As busybox has a setpriv without {@code --pdeathsig}: that it is there is not enough. */
    @Test
    void aProgramThatRefusesItsArgumentsIsAsGoodAsNone() {
        assertThat(Commands.succeeds(List.of("env", "A=b"), "true")).isTrue();
        assertThat(Commands.succeeds(List.of("env", "--no-such-option"), "true"))
                .isFalse();
        assertThat(Commands.succeeds(List.of("env", "A=b"), "false")).isFalse();
        assertThat(Commands.succeeds(List.of("no-such-program-anywhere"), "true"))
                .isFalse();
    }
}
