package dev.rehearsal.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.scenario.Workload.OperationStatement;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatementOffsetsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                // written; for JDBC; sent; each with ^ before the place
                "select ^x            | select x              | select ^x",
                "select :id + ^x      | select ? + x          | select $1 + ^x",
                "select ^:id + x      | select ? + x          | select ^$1 + x",
                "select ^:id + x      | select ? + x          | select $^1 + x",
                "a ? :key = ^:b       | a ?? ? = ?            | a ? $1 = ^$2",
                "a ?& :key = ^b       | a ??& ? = b           | a ?& $1 = ^b",
                "a = '?' and ^b       | a = '?' and b         | a = '?' and ^b",
                "a = '??' and ^b      | a = '??' and b        | a = '??' and ^b",
                "a::int = :longer ^b  | a::int = ? b          | a::int = $1 ^b",
                "select x^            | select x              | select x^"
            })
    void findsThePlaceAsWritten(String written, String jdbc, String sent) {
        String sql = written.replace("^", "");
        OperationStatement statement = new OperationStatement(sql, jdbc, names(sql), false);

        assertThat(StatementOffsets.toWritten(statement, sent.indexOf('^'))).isEqualTo(written.indexOf('^'));
    }

    private static List<String> names(String sql) {
        return java.util.regex.Pattern.compile("(?<!:):([a-z]+)")
                .matcher(sql)
                .results()
                .map(result -> result.group(1))
                .toList();
    }
}
