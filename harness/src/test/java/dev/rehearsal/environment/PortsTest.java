package dev.rehearsal.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.EnvironmentException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is done when somebody else takes a port between the choice and its use. */
class PortsTest {
    private final List<Integer> asked = new ArrayList<>();

    @Test
    void aServerWhosePortWasTakenMeanwhileStartsOnAnother() throws Exception {
        int port = Ports.start(Optional.empty(), free -> {
            asked.add(free);
            return asked.size() == 3 ? Optional.of(free) : Optional.empty();
        });

        assertThat(asked).hasSize(3).endsWith(port);
    }

    @Test
    void givesUpWhereEachIsTaken() {
        assertThatThrownBy(() -> Ports.start(Optional.empty(), free -> {
                    asked.add(free);
                    return Optional.empty();
                }))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("each of 5 free ports was taken by others before the server had it");
        assertThat(asked).hasSize(5);
    }

    @Test
    void takesNoOtherPortThanTheOneThatIsAskedFor() throws Exception {
        String wanted = Integer.toString(Ports.free());

        assertThatThrownBy(() -> Ports.start(Optional.of(wanted), port -> {
                    asked.add(port);
                    return Optional.empty();
                }))
                .isInstanceOf(EnvironmentException.class)
                .hasMessage("port " + wanted + " is taken by another program");
        assertThat(asked).containsExactly(Integer.parseInt(wanted));
    }
}
