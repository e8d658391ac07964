package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.environment.Check;
import dev.rehearsal.environment.MachineReport;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code harness doctor}, on this machine and on machines made up. */
class DoctorTest {
    private static final MachineReport HALF_EQUIPPED = new MachineReport(
            List.of(new Check.Ok("processors", "8"), new Check.Cannot("clones", "no reflink, so they are copied")),
            new MachineReport.RuntimeReport(
                    List.of(new Check.Missing("PostgreSQL", "none for this platform", "Install PostgreSQL 18.")),
                    List.of()),
            new MachineReport.RuntimeReport(
                    List.of(new Check.Ok("engine", "Docker 27.3.1")),
                    List.of(
                            new Check.Ok("PostgreSQL 18", "image postgres:18"),
                            new Check.Missing("PostgreSQL 17", "no image postgres:17", "docker pull postgres:17"))));

    @Test
    void thisMachineRunsRehearsals() {
        HarnessRun run = HarnessRun.of("doctor");

        assertThat(run.exitCode()).isZero();
        assertThat(run.err()).isEmpty();
        assertThat(run.out()).contains("local         can run", "  ok       PostgreSQL     18.", "containers    ");
    }

    @Test
    void jsonSaysTheSameAsTheTable() {
        JsonNode json =
                JsonMapper.shared().readTree(HarnessRun.of("doctor", "--json").out());
        String table = HarnessRun.of("doctor").out();

        assertThat(json.path("canRun").asBoolean()).isTrue();
        assertThat(json.path("local").path("canRun").asBoolean()).isTrue();
        HarnessRun.stream(json.path("local").path("checks"))
                .forEach(row -> assertThat(table)
                        .contains(
                                row.path("subject").asString(),
                                row.path("found").asString()));
    }

    @Test
    void oneTableForAPerson() {
        assertThat(DoctorTable.of(HALF_EQUIPPED)).isEqualToNormalizingNewlines("""
                this machine
                  ok       processors     8
                  cannot   clones         no reflink, so they are copied

                local         cannot run
                  missing  PostgreSQL     none for this platform
                                          Install PostgreSQL 18.

                containers    can run
                  ok       engine         Docker 27.3.1
                  ok       PostgreSQL 18  image postgres:18
                  missing  PostgreSQL 17  no image postgres:17
                                          docker pull postgres:17
                """);
    }

    @Test
    void aRemedyIsInTheJson() {
        JsonNode rows = JsonMapper.shared()
                .readTree(DoctorCommand.json(HALF_EQUIPPED))
                .path("containers")
                .path("checks");

        assertThat(rows.get(2)).isEqualTo(JsonMapper.shared().readTree("""
                {"subject": "PostgreSQL 17", "status": "missing", "found": "no image postgres:17",
                 "remedy": "docker pull postgres:17"}"""));
    }

    @Test
    void oneRuntimeIsEnough() {
        assertThat(DoctorCommand.exitCode(HALF_EQUIPPED)).isEqualTo(ExitCode.PASSED);
    }

    @Test
    void anEngineWithoutAnyServersImageRunsNothing() {
        MachineReport.RuntimeReport none = new MachineReport.RuntimeReport(
                List.of(new Check.Ok("engine", "Docker 27.3.1")),
                List.of(new Check.Missing("PostgreSQL 18", "no image postgres:18", "docker pull postgres:18")));

        MachineReport report = new MachineReport(HALF_EQUIPPED.machine(), HALF_EQUIPPED.local(), none);

        assertThat(DoctorCommand.exitCode(report)).isEqualTo(ExitCode.NO_ENVIRONMENT);
    }
}
