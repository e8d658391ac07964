package dev.rehearsal.measure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.measure.WrittenPositions.Behind;
import org.junit.jupiter.api.Test;

class WrittenPositionsTest {
    private final WrittenPositions written = new WrittenPositions(1);

    @Test
    void theOldestChangeThatIsMissingLiesBetweenTwoAnswers() {
        written.add(10, 100);
        written.add(20, 120);
        written.add(30, 150);
        written.add(40, 150);

        assertThat(written.behind(130, 45)).contains(new Behind(20, 30, 20));
        assertThat(written.behind(120, 45)).contains(new Behind(20, 30, 30));
        assertThat(written.behind(119, 45)).contains(new Behind(10, 20, 31));
        assertThat(written.behind(99, 45)).contains(new Behind(1, 10, 51));
    }

    @Test
    void whatWasWrittenAfterTheQuestionIsNotMissing() {
        written.add(10, 100);
        written.add(20, 120);

        assertThat(written.behind(100, 15)).contains(new Behind(10, 10, 0));
        assertThat(written.behind(100, 25)).contains(new Behind(10, 20, 20));
    }

    @Test
    void whoHasAllIsNotBehindHoweverLongNothingWasWritten() {
        written.add(10, 100);
        written.add(20, 100);
        written.add(30, 100);

        assertThat(written.behind(100, 35)).contains(new Behind(30, 30, 0));
        assertThat(written.behind(200, 35)).contains(new Behind(30, 30, 0));
    }

    @Test
    void beforeTheFirstAnswerNothingIsKnown() {
        assertThat(written.behind(0, 5)).isEmpty();
        written.add(10, 100);
        assertThat(written.behind(0, 5)).isEmpty();
    }

    @Test
    void aSmallerPositionIsThatOfAnotherPrimary() {
        written.add(10, 100);
        written.add(20, 200);
        written.add(30, 150);

        assertThat(written.behind(140, 35)).contains(new Behind(1, 30, 10));
        assertThat(written.behind(150, 35)).contains(new Behind(30, 30, 0));
    }
}
