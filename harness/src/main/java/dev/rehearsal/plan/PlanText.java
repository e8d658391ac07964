package dev.rehearsal.plan;

import dev.rehearsal.plan.Plan.Phased;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A plan as files: the scenario with its migration in phases, and the runbook. */
public final class PlanText {
    private static final String LOCK_TIMEOUT = "1s";
    private static final String PATIENCE = "1h";
    private static final int RETRIES = 30;

    private PlanText() {}

    /**
     * The scenario with the plan for its migration; everything else stays as it is written.
     *
     * @param original the text of the scenario file
     * @param planned the new scenario's name
     * @param baseline the migration's, a key with its value; empty if it has none
     */
    public static String scenario(String original, String planned, String baseline, Phased plan) {
        List<String> lines = new ArrayList<>(original.lines().toList());
        int start = keyLine(lines, "migration");
        int end = start + 1;
        while (end < lines.size() && !lines.get(end).matches("[A-Za-z].*")) {
            end++;
        }
        // Blank lines and comments at its end belong to what follows.
        while (end > start + 1
                && (lines.get(end - 1).isBlank() || lines.get(end - 1).startsWith("#"))) {
            end--;
        }
        List<String> text = new ArrayList<>(lines.subList(0, start));
        text.addAll(migration(baseline, plan));
        text.addAll(lines.subList(end, lines.size()));
        text.set(keyLine(text, "name"), "name: " + planned);
        return String.join("\n", text) + "\n";
    }

    private static List<String> toKnow(Phased plan) {
        return Stream.concat(plan.otherEnd().stream(), plan.notes().stream()).toList();
    }

    private static int keyLine(List<String> lines, String key) {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(key + ":")) {
                return i;
            }
        }
        throw new IllegalArgumentException("a scenario that was loaded has " + key + " at the margin");
    }

    private static List<String> migration(String baseline, Phased plan) {
        List<String> text = new ArrayList<>();
        toKnow(plan).forEach(note -> text.add("# " + note));
        text.add("migration:");
        text.add("  lockTimeout: " + LOCK_TIMEOUT);
        text.add("  retries: " + RETRIES);
        baseline.lines().forEach(line -> text.add("  " + line));
        text.add("  steps:");
        Set<String> names = new HashSet<>();
        plan.steps().forEach(step -> step(text, "    ", step, names));
        if (!plan.rollback().isEmpty()) {
            text.add("  rollback:");
            text.add("    steps:");
            plan.rollback().forEach(step -> step(text, "      ", step, names));
        }
        return text;
    }

    private static void step(List<String> text, String indent, PlannedStep step, Set<String> names) {
        String name = step.name();
        for (int count = 2; !names.add(name); count++) {
            name = step.name() + " " + count;
        }
        text.add(indent + "# " + step.why());
        text.add(indent + "- name: \"" + name.replace("\\", "\\\\").replace("\"", "\\\"") + "\"");
        if (step.alone()) {
            text.add(indent + "  transaction: none");
        }
        if (step.patient()) {
            text.add(indent + "  lockTimeout: " + PATIENCE);
        }
        text.add(indent + "  sql: |");
        step.sql().lines().forEach(line -> text.add((indent + "    " + line).stripTrailing()));
    }

    /** Numbered SQL files, forwards and back, and the same as Flyway migrations; by their paths. */
    public static Map<String, String> runbook(Phased plan) {
        Map<String, String> files = new LinkedHashMap<>();
        StringBuilder contents = new StringBuilder(
                "The change in phases. Each file can be run again, after it has succeeded and after it was cut off.\n\n");
        int number = 0;
        for (PlannedStep step : plan.steps()) {
            number++;
            String file = "%02d_%s.sql".formatted(number, word(step.name()));
            files.put(file, sql(step));
            contents.append("%s  %s%n".formatted(file, step.why()));
            String migration = "flyway/V%d__%s.sql".formatted(number, word(step.name()));
            files.put(migration, sql(step));
            if (step.alone()) {
                files.put(migration + ".conf", "executeInTransaction=false\n");
            }
        }
        number = 0;
        contents.append("\nThe way back, also from halfway:\n\n");
        for (PlannedStep step : plan.rollback()) {
            String file = "rollback/%02d_%s.sql".formatted(++number, word(step.name()));
            files.put(file, sql(step));
            contents.append("%s  %s%n".formatted(file, step.why()));
        }
        if (!toKnow(plan).isEmpty()) {
            contents.append("\nTo know:\n\n");
            toKnow(plan).forEach(note -> contents.append("- ").append(note).append('\n'));
        }
        contents.append(
                "\nIn flyway/ the same as migrations V1 and on; give them the numbers that come next in your history.\n");
        files.put("RUNBOOK.txt", contents.toString());
        return files;
    }

    private static String sql(PlannedStep step) {
        String outside = step.alone() ? "-- Run it outside a transaction: it commits by itself.\n" : "";
        return "-- " + step.why() + "\n" + outside + "set lock_timeout = '" + (step.patient() ? PATIENCE : LOCK_TIMEOUT)
                + "';\n" + step.sql() + "\n";
    }

    private static String word(String name) {
        return name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "_").replaceAll("^_|_$", "");
    }
}
