package dev.rehearsal.drill;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DrillCostTest {
    @Test
    void saysWhatWillBeDrilledAndHowOftenThatRunsTheMigration() throws Exception {
        Scenario scenario = ScenarioLoader.load(
                Path.of("../scenarios/examples/02-add-column-phased/scenario.yaml"), Map.of("drills", "[rerun]"));

        assertThat(DrillCost.told(scenario))
                .isEqualTo("drills at the end: rerun; on fresh clones, they run the migration about 2 times more"
                        + " (--no-drills leaves them out)");
    }
}
