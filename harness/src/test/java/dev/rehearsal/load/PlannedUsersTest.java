package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.Workload.Arrivals;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import scala.collection.Iterator;
import scala.concurrent.duration.FiniteDuration;

class PlannedUsersTest {
    private static ArrivalPlan plan() {
        return new ArrivalPlan(
                1,
                Arrivals.POISSON,
                Workloads.service(
                        "shop",
                        3,
                        Workloads.pool(1, Duration.ofSeconds(1)),
                        Workloads.operation("read", 1, Map.of(), "select 1")));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7})
    void oneUserIsDueAheadOfTheFirstArrivalOfEachGroup(int group) {
        List<Long> expected = new ArrayList<>();
        int arrival = 0;
        for (int slot = 0; slot < 30; slot++) {
            for (long offset : plan().offsets(slot)) {
                if (arrival++ % group == 0) {
                    expected.add(Math.max(0, offset / 1_000_000 - 1500));
                }
            }
        }

        Iterator<FiniteDuration> due = new PlannedUsers(plan(), group, () -> -1_500_000_000L)
                .chain(scala.collection.Iterator$.MODULE$.empty());

        for (long millis : expected) {
            assertThat(due.next().toMillis()).isBetween(millis - 1, millis + 1);
        }
    }

    @Test
    void groupsKeepGatlingAtAFewUsersASecond() {
        assertThat(PlannedUsers.group(0.5)).isEqualTo(1);
        assertThat(PlannedUsers.group(50)).isEqualTo(1);
        assertThat(PlannedUsers.group(1000)).isEqualTo(20);
        assertThat(PlannedUsers.group(10_000)).isEqualTo(200);
    }
}
