package dev.rehearsal.cli;

import dev.rehearsal.environment.Check;
import dev.rehearsal.environment.MachineReport;
import java.util.List;
import java.util.Locale;

/**
 * What this machine can run, for a person:
 *
 * <pre>
 * containers    can run
 *   ok       engine         Docker 27.3.1 (API 1.47) at unix:///var/run/docker.sock, 8 processors, 32000 MB
 *   ok       PostgreSQL 18  image postgres:18
 *   missing  PostgreSQL 17  no image postgres:17
 *                           docker pull postgres:17
 * </pre>
 */
final class DoctorTable {
    private static final String LINE = "  %-8s %-14s %s%n";

    private final StringBuilder text = new StringBuilder();

    private DoctorTable() {}

    static String of(MachineReport report) {
        DoctorTable table = new DoctorTable();
        table.part("this machine", "", report.machine());
        table.part("local", verdict(report.local()), report.local().checks());
        table.part(
                "containers", verdict(report.containers()), report.containers().checks());
        return table.text.toString();
    }

    private static String verdict(MachineReport.RuntimeReport runtime) {
        return runtime.runs() ? "can run" : "cannot run";
    }

    private void part(String name, String verdict, List<Check> checks) {
        if (!text.isEmpty()) {
            text.append(System.lineSeparator());
        }
        text.append(String.format(Locale.ROOT, "%-13s %s", name, verdict).strip())
                .append(System.lineSeparator());
        checks.forEach(this::line);
    }

    private void line(Check check) {
        text.append(String.format(Locale.ROOT, LINE, status(check), check.subject(), check.found()));
        if (check instanceof Check.Missing missing) {
            text.append(String.format(Locale.ROOT, LINE, "", "", missing.remedy()));
        }
    }

    static String status(Check check) {
        return switch (check) {
            case Check.Ok ok -> "ok";
            case Check.Missing missing -> "missing";
            case Check.Cannot cannot -> "cannot";
        };
    }
}
