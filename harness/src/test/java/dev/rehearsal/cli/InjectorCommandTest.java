package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InjectorCommandTest {
    private static int said(String variable, String value) {
        return InjectorCommand.sliceOf(Optional.empty(), Map.of(variable, value));
    }

    @Test
    void theSliceIsWhatTheSchedulerOrTheCommandLineSays() {
        assertThat(said(InjectorCommand.KUBERNETES, "2")).isEqualTo(2);
        assertThat(said(InjectorCommand.SWARM, "2")).isEqualTo(2);
        assertThat(InjectorCommand.sliceOf(Optional.of("1"), Map.of(InjectorCommand.SWARM, "2")))
                .isEqualTo(1);
    }

    /** To the first task of a job, Swarm gives the id of its node. */
    @Test
    void anIdOfASwarmsNodeIsTheFirstSlice() {
        assertThat(said(InjectorCommand.SWARM, "xw8n3i8wjylyrvbwqhp4xcg2q")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "", "two", "12345", "1.5", "xw8n3i8wjylyrvbwqhp4xcg2q"})
    void refusesWhatIsNoNumberOnTheCommandLine(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InjectorCommand.sliceOf(Optional.of(text), Map.of()))
                .withMessage("--slice must be a slice's number, from 0, got '" + text + "'");
    }

    @Test
    void withoutASliceOrATokenNothingIsStarted() {
        HarnessRun noSlice = HarnessRun.of("injector", "--harness", "127.0.0.1:1");
        HarnessRun noToken = HarnessRun.of("injector", "--harness", "127.0.0.1:1", "--slice", "0");
        HarnessRun noAddress = HarnessRun.of("injector", "--harness", "nowhere", "--slice", "0");

        assertThat(noSlice.exitCode()).isEqualTo(2);
        assertThat(noSlice.err()).startsWith("no slice: give --slice, or run as a Kubernetes Indexed Job");
        assertThat(noToken.exitCode()).isEqualTo(3);
        assertThat(noToken.err())
                .startsWith("harness: HARNESS_INJECTOR_TOKEN is not set, without which anybody could be an injector\n");
        assertThat(noAddress.exitCode()).isEqualTo(3);
        assertThat(noAddress.err()).startsWith("harness: 'nowhere' is no address\n");
    }
}
