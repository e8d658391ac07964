package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.Databases.OnFailure;
import java.util.List;
import org.junit.jupiter.api.Test;

class DatabasesTest {
    @Test
    void aWaveOfOneIsOneAfterTheOther() {
        assertThat(new Databases(3, 1, OnFailure.STOP).waves()).isEqualTo(List.of(List.of(1), List.of(2), List.of(3)));
    }

    @Test
    void theLastWaveHasWhatIsLeft() {
        assertThat(new Databases(5, 2, OnFailure.STOP).waves())
                .isEqualTo(List.of(List.of(1, 2), List.of(3, 4), List.of(5)));
    }

    @Test
    void aWaveOfAllIsAllAtOnce() {
        assertThat(new Databases(4, 4, OnFailure.CONTINUE).waves()).isEqualTo(List.of(List.of(1, 2, 3, 4)));
    }

    @Test
    void aWaveHasNoMoreThanThereAre() {
        assertThatThrownBy(() -> new Databases(3, 4, OnFailure.STOP))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("databases.wave must be from 1 to count, got 4");
    }
}
