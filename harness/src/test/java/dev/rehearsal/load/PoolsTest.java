package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.load.Pools.OfService;
import dev.rehearsal.load.Pools.Target;
import dev.rehearsal.scenario.Workload.Reads;
import java.util.List;
import java.util.stream.LongStream;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;

class PoolsTest {
    private final DataSource primary = new SimulatedDatabase(1, 1, 0, 0).pool();
    private final DataSource first = new SimulatedDatabase(1, 1, 0, 0).pool();
    private final DataSource second = new SimulatedDatabase(1, 1, 0, 0).pool();
    private final OfService pools = new OfService(primary, List.of(first, second));

    @Test
    void replicasTakeTurns() {
        assertThat(LongStream.range(0, 4).mapToObj(nth -> pools.target(Reads.REPLICA, nth)))
                .containsExactly(
                        new Target(first, 1), new Target(second, 2), new Target(first, 1), new Target(second, 2));
    }

    @Test
    void whatDoesNotReadFromReplicasGoesToThePrimary() {
        assertThat(pools.target(Reads.PRIMARY, 1)).isEqualTo(new Target(primary, 0));
    }
}
