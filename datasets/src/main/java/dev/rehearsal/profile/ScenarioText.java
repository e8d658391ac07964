package dev.rehearsal.profile;

import dev.rehearsal.scenario.ScenarioWriter;
import dev.rehearsal.scenario.Workload;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The starting scenario of a profile. */
final class ScenarioText {
    private static final int LONGEST_STATEMENT = 160;
    /** For a p99 of the 200 requests that the default objectives need, within the minute that a migration stage is given. */
    private static final double ENOUGH_PER_SECOND = 3.4;

    private ScenarioText() {}

    /** Where a file comes from, as comment lines. */
    static String origin(Profile profile) {
        return "# Written by harness profile, from the statistics of " + line(profile.address()) + " (PostgreSQL "
                + profile.serverVersion() + ").\n";
    }

    static String of(Profile profile) {
        StringBuilder text = new StringBuilder(origin(profile));
        profile.notes()
                .forEach(note -> text.append("# Note: ").append(line(note)).append(".\n"));
        text.append("name: ").append(profile.dataset().name()).append('\n');
        text.append("dataset: { use: . }\n");
        text.append("environment: { version: \"")
                .append(profile.serverVersion().replaceFirst("\\..*$", ""))
                .append("\" }\n\n");
        profile.workload().ifPresent(recorded -> workload(recorded, text));
        text.append("migration:\n  steps:\n");
        text.append("    # In place of this step, the migration to rehearse.\n");
        text.append("    - { name: nothing yet, sql: select 1 }\n");
        profile.workload()
                .flatMap(Profile.RecordedWorkload::workload)
                .ifPresent(workload -> objectives(workload, text));
        return text.toString();
    }

    private static void workload(Profile.RecordedWorkload recorded, StringBuilder text) {
        text.append(String.format(
                Locale.ROOT, "# From pg_stat_statements, counted over %s.%n", duration(recorded.seconds())));
        remarks(recorded.remarks(), text);
        if (!recorded.refused().isEmpty()) {
            text.append("# Not replayed:\n");
        }
        for (Profile.Refused refused : recorded.refused()) {
            text.append(String.format(
                    Locale.ROOT,
                    "#   %.3g/s  %s%n#            %s%n",
                    refused.callsPerSecond(),
                    statement(refused.statement()),
                    line(refused.reason())));
        }
        Optional<Workload> workload = recorded.workload();
        workload.ifPresent(
                found -> text.append(ScenarioWriter.writeWorkload(found)).append('\n'));
    }

    /** Those that need many requests of every operation are left out where some operation is rare. */
    private static void objectives(Workload workload, StringBuilder text) {
        boolean rare = workload.services().stream()
                .flatMap(service -> service.operations().stream()
                        .map(operation -> service.rate().lowest() * service.share(operation)))
                .anyMatch(perSecond -> perSecond < ENOUGH_PER_SECOND);
        if (rare) {
            text.append("""

                    # Some operations are too rare for percentiles of their own, so these are the objectives that need none.
                    objectives:
                      - { errors: { during: migration, max: 0.1% } }
                      - { lockHold: { mode: AccessExclusive, max: 100ms } }
                      - { lockWait: { victims: application, max: 500ms } }
                      - { rewrites: none }
                    """);
        }
    }

    private static void remarks(List<String> remarks, StringBuilder text) {
        remarks.forEach(remark -> text.append("#   ").append(line(remark)).append('\n'));
    }

    static String statement(String sql) {
        String line = line(sql);
        return line.length() <= LONGEST_STATEMENT ? line : line.substring(0, LONGEST_STATEMENT - 1) + "…";
    }

    /** A comment ends with its line. */
    private static String line(String text) {
        return text.replaceAll("[\\p{Cntrl}\\s\u0085\u2028\u2029]+", " ").strip();
    }

    private static String duration(double seconds) {
        if (seconds >= 2 * 86_400) {
            return String.format(Locale.ROOT, "%.1f days", seconds / 86_400);
        }
        return seconds >= 2 * 3_600
                ? String.format(Locale.ROOT, "%.1f hours", seconds / 3_600)
                : String.format(Locale.ROOT, "%.0f seconds", seconds);
    }
}
