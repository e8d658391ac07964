package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.load.Deployments.Window;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeploymentsTest {
    @ParameterizedTest
    @CsvSource({
        // drawn, instant: version
        "0.0,  99, 0",
        "0.0, 100, 0",
        "0.0, 101, 1",
        "0.4, 140, 0",
        "0.4, 141, 1",
        "0.9, 141, 0",
        "0.9, 200, 1",
        // The second deployment is on its way before the first is over.
        "0.2, 180, 2",
        "0.7, 180, 1",
        "0.9, 180, 0",
        "0.9, 300, 2",
        // Back at once.
        "0.9, 399, 2",
        "0.9, 400, 0",
        "0.0, 400, 0"
    })
    void anArrivalMeetsTheVersionOfItsInstantAndItsNumber(double drawn, long instant, int version) {
        Deployments deployments = new Deployments();
        deployments.add(new Window(1, 100, 100));
        deployments.add(new Window(2, 150, 100));
        deployments.add(new Window(0, 400, 0));

        assertThat(deployments.version(drawn, instant)).isEqualTo(version);
    }

    @Test
    void withoutADeploymentEveryArrivalMeetsTheOldVersion() {
        assertThat(new Deployments().version(0, Long.MAX_VALUE)).isZero();
    }
}
