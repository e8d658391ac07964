package dev.rehearsal.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SqlExcerptTest {
    @Test
    void leavesWhatIsNotLongAsItIs() {
        assertThat(SqlExcerpt.of(lines(12))).isEqualTo(new SqlExcerpt(lines(12), "", 0));
    }

    @Test
    void setsTheRestOfALongStatementApart() {
        SqlExcerpt excerpt = SqlExcerpt.of(lines(40));

        assertThat(excerpt.more()).isEqualTo(34);
        assertThat(excerpt.head()).endsWith("line 6");
        assertThat(excerpt.head() + "\n" + excerpt.rest()).isEqualTo(lines(40));
    }

    private static String lines(int count) {
        return IntStream.rangeClosed(1, count)
                .mapToObj(number -> "line " + number)
                .collect(Collectors.joining("\n"));
    }
}
