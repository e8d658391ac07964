package dev.rehearsal.dataset;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rehearsal.scenario.DatasetSpec;
import dev.rehearsal.scenario.Generator;
import dev.rehearsal.scenario.InvalidScenarioException;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ColumnCompilerTest {
    @Test
    void refusesATypeThatItCannotWrite() {
        refuses(
                Definitions.ofType("inet"),
                new Generator.Text(1, 5),
                "t.c cannot be made by text: the column is inet; choose another generator or, in schema.sql, another type");
    }

    @Test
    void refusesTextInAnIntegerColumn() {
        refuses(
                Definitions.ofType("int4"),
                new Generator.Pattern("#"),
                "t.c cannot be made by pattern: the column is integer; choose another generator or, in schema.sql, another type");
    }

    @Test
    void refusesNumbersThatTheTypeDoesNotHold() {
        refuses(
                Definitions.ofType("int2"),
                new Generator.UniformLong(0, 40_000),
                "t.c makes 0 to 40000, but a smallint holds -32768 to 32767; make the range smaller or the type larger");
    }

    @Test
    void refusesDecimalsThatTheirPrecisionDoesNotHold() {
        // numeric(4, 2)
        ServerColumn column = new ServerColumn("t", "c", "numeric", (4 << 16 | 2) + 4, 'b', false, false);

        refuses(
                column,
                new Generator.UniformDecimal(new BigDecimal("1.00"), new BigDecimal("500.00"), 2),
                "t.c makes numbers up to 500.00, but numeric(4, 2) has 2 digits before the point");
    }

    @Test
    void refusesTextThatIsTooLong() {
        refuses(
                new ServerColumn("t", "c", "varchar", 10 + 4, 'b', false, false),
                new Generator.Text(5, 20),
                "t.c makes up to 20 characters, but the column holds 10; make the text shorter or the column wider");
    }

    @Test
    void refusesNullsInANotNullColumn() {
        refuses(
                new ServerColumn("t", "c", "text", -1, 'b', true, false),
                new Generator.Nullable(new Generator.Text(1, 5), 0.1),
                "t.c has nulls, but the column is not null; remove nulls");
    }

    @Test
    void refusesAColumnThatTheServerComputes() {
        refuses(
                new ServerColumn("t", "c", "text", -1, 'b', false, true),
                new Generator.Text(1, 5),
                "t.c the server computes this column (generated always as); remove it from dataset.yaml");
    }

    @Test
    void refusesAChoiceThatIsNoValueOfTheType() {
        refuses(
                Definitions.ofType("bool"),
                new Generator.Choice(List.of("true", "perhaps"), List.of(1.0, 1.0)),
                "t.c cannot be 'perhaps': the column is boolean");
    }

    @Test
    void refusesAReferenceToAnEmptyTable() {
        DatasetSpec filled = Definitions.reference(1_000, 10, 0, 0);
        DatasetSpec emptied = new DatasetSpec(filled.definition(), 1, Map.of("keys", 0L));

        assertThatThrownBy(() -> Definitions.generator(emptied, 42, Definitions.ofType("int8")))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage("t.c references keys, which has no rows; give it some");
    }

    private static void refuses(ServerColumn column, Generator generator, String message) {
        assertThatThrownBy(() -> Definitions.generator(Definitions.column(1_000, generator), 42, column))
                .isInstanceOf(InvalidScenarioException.class)
                .hasMessage(message);
    }
}
