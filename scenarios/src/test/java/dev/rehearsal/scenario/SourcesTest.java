package dev.rehearsal.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SourcesTest {
    private static final String PREFIX = """
            name: places
            dataset: { use: tiny }
            migration:
              steps:
                - name: step
            """;

    @TempDir
    private Path folder;

    /** SQL with a mark in it, and where that stands. The SQL's line is the 6th. */
    static List<Arguments> scalars() {
        return List.of(
                Arguments.of("sql: select MARK from orders", 6, 19),
                Arguments.of("sql: 'select ''a'', ''b'', MARK'", 6, 34),
                Arguments.of("sql: \"select \\\"a\\\",\\n \\x41, \\u00e4, MARK\"", 6, 43),
                Arguments.of("sql: |\n        select 1,\n          MARK\n        from orders", 8, 11),
                Arguments.of("sql: |2-\n\n          select 'ä😀', MARK", 8, 24),
                Arguments.of("sql: >\n        select 1,\n        2,\n\n        MARK", 10, 9),
                Arguments.of("sql: select 1,\n        2,\n        MARK", 8, 9),
                Arguments.of("sql: 'select 1,\n\n        ''x'', MARK'", 8, 16),
                Arguments.of("sql: \"select 1, \\\n        MARK\"", 7, 9));
    }

    @ParameterizedTest
    @MethodSource("scalars")
    void findsACharacterOfAStatementInTheFile(String sql, int line, int column) throws Exception {
        Scenario scenario = Written.in(folder).load(PREFIX + "      " + sql + "\n");
        Step.SqlStatement statement =
                scenario.migration().steps().get(0).knownStatements().get(0);
        int offset = statement.text().indexOf("MARK");

        SourceLocation byPath = scenario.sources()
                .at("migration.steps[0].statements[0]", offset)
                .orElseThrow();
        SourceLocation byStatement = scenario.sources().at(statement, offset).orElseThrow();

        assertThat(offset).isPositive();
        assertThat(List.of(byPath.line(), byPath.column())).isEqualTo(List.of(line, column));
        assertThat(byStatement).isEqualTo(byPath);
    }

    @Test
    void findsTheSecondStatementOfABlock() throws Exception {
        Scenario scenario = Written.in(folder)
                .load(PREFIX + "      sql: |\n        select 1;\n        -- why\n        select 2 from nowhere;\n");

        Step.SqlStatement second =
                scenario.migration().steps().get(0).knownStatements().get(1);

        assertThat(second.text()).isEqualTo("select 2 from nowhere");
        assertThat(second.location().line()).isEqualTo(9);
        assertThat(second.location().column()).isEqualTo(9);
        assertThat(scenario.sources().at(second, 14).orElseThrow().column()).isEqualTo(23);
    }

    @Test
    void findsTheEndOfAStatement() throws Exception {
        Scenario scenario = Written.in(folder).load(PREFIX + "      sql: select 1\n");

        assertThat(scenario.sources()
                        .at("migration.steps[0].statements[0]", 8)
                        .orElseThrow()
                        .column())
                .isEqualTo(20);
    }

    @Test
    void findsCharactersOfAFile() throws Exception {
        Written written = Written.in(folder);
        written.file("two.sql", "-- ä\n\tselect 1;\n/* 😀 */ select 2;\n");
        Scenario scenario = written.load(PREFIX + "      file: two.sql\n");

        Step.SqlStatement second =
                scenario.migration().steps().get(0).knownStatements().get(1);

        assertThat(second.location().file()).endsWith("two.sql");
        assertThat(List.of(second.location().line(), second.location().column()))
                .isEqualTo(List.of(3, 9));
        assertThat(scenario.sources().at(second, 7).orElseThrow().column()).isEqualTo(16);
    }

    @Test
    void findsStatementsOfOperationsInTextsAndLists() throws Exception {
        Scenario scenario = Written.in(folder).load(ScenarioLoaderTest.FULL);

        assertThat(scenario.sources().at("workload.services[0].operations[0].transaction[0]", 7))
                .map(location -> location.line() + ":" + location.column())
                .contains("11:31");
        assertThat(scenario.sources().at("workload.services[0].operations[1].transaction[1]", 0))
                .map(location -> location.line() + ":" + location.column())
                .contains("16:15");
        assertThat(scenario.sources().of("workload.services[0].rate"))
                .map(location -> location.line() + ":" + location.column())
                .contains("6:13");
    }

    @Test
    void defaultWorkloadStandsNowhere() throws Exception {
        Scenario scenario = Written.in(folder).load(Written.MINIMAL);

        assertThat(scenario.sources().at("workload.services[0].operations[0].transaction[0]", 0))
                .isEmpty();
    }
}
