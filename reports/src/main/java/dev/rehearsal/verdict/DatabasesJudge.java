package dev.rehearsal.verdict;

import dev.rehearsal.run.DatabaseRun;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.DatabaseVerdict.State;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * Whether several databases have one schema after the migration, and what they come to together: all findings, each with its database, and the worst
 * verdict.
 */
final class DatabasesJudge {
    static final String OBJECTIVE = "databases";

    private static final String SUBJECT = "one schema on all databases";
    private static final String UNIT = "schemas";
    private static final int FINGERPRINT_CHARACTERS = 8;
    private static final int DIFFERENCES_TOLD = 5;

    private final RunRecord run;
    private final List<DatabaseVerdict> databases;

    /** @param databases all, in order */
    DatabasesJudge(RunRecord run, List<DatabaseVerdict> databases) {
        this.run = run;
        this.databases = List.copyOf(databases);
    }

    /** All that was found, each with its database, then what is only known of all together. */
    List<Finding> findings() {
        List<Finding> findings = new ArrayList<>();
        for (DatabaseVerdict database : databases) {
            database.findings().forEach(finding -> findings.add(finding.on(database.number())));
        }
        findings.add(oneSchema());
        return findings;
    }

    /** One database whose instruments were not good enough is enough: of what was measured there nothing is known. */
    Validity validity(Validity first) {
        List<String> reasons = new ArrayList<>();
        for (DatabaseVerdict database : databases) {
            if (database.judged().isEmpty() && database.state() != State.LEFT_OUT) {
                reasons.add("Database " + database.number() + ": the run ended before it began there.");
            }
            database.judged().stream()
                    .flatMap(there -> there.verdict().validity().reasons().stream())
                    .map(reason -> "Database " + database.number() + ": " + reason)
                    .forEach(reasons::add);
        }
        return first.because(reasons);
    }

    /** What happened on the database that tells most, then what became of the others. */
    Story story(Story first) {
        Optional<DatabaseVerdict> telling = DatabaseVerdict.mostTelling(databases);
        Story story = telling.filter(database -> database.number() > 1)
                .flatMap(DatabaseVerdict::judged)
                .map(there -> there.verdict().story().on(telling.orElseThrow().number()))
                .orElse(first);
        List<String> more = new ArrayList<>(List.of(standing()));
        if (databases.stream().anyMatch(database -> database.state() == State.FAILED)
                || oneSchema().status() == Status.FAILED) {
            more.add(oneSchema().message());
        }
        return story.and(more);
    }

    /** Such as {@code Of 3 databases 1 is migrated (database 1), …}. */
    private String standing() {
        Map<State, List<Integer>> states = new LinkedHashMap<>();
        Map<Status, List<Integer>> verdicts = new LinkedHashMap<>();
        for (DatabaseVerdict database : databases) {
            states.computeIfAbsent(database.state(), state -> new ArrayList<>()).add(database.number());
            if (database.judged().isPresent()) {
                verdicts.computeIfAbsent(database.status(), status -> new ArrayList<>())
                        .add(database.number());
            }
        }
        return "Of " + databases.size() + " databases: "
                + states.entrySet().stream()
                        .map(state -> state.getKey().word() + " " + DatabaseVerdict.named(state.getValue()))
                        .collect(Collectors.joining("; "))
                + ". Judged each by itself: "
                + verdicts.entrySet().stream()
                        .map(status -> DatabaseVerdict.named(status.getValue()) + " "
                                + status.getKey().word())
                        .collect(Collectors.joining("; "))
                + ".";
    }

    private Finding oneSchema() {
        Map<String, List<Integer>> schemas = new LinkedHashMap<>();
        for (DatabaseVerdict database : databases) {
            database.database()
                    .schema()
                    .ifPresent(schema -> schemas.computeIfAbsent(schema.sha256(), sha -> new ArrayList<>())
                            .add(database.number()));
        }
        if (databases.stream().anyMatch(database -> database.database().schema().isEmpty())) {
            return finding(
                    Status.INCONCLUSIVE,
                    OptionalDouble.empty(),
                    "",
                    "The run ended before the schemas of all databases were compared.");
        }
        OptionalDouble observed = OptionalDouble.of((double) schemas.size());
        if (schemas.size() == 1) {
            return finding(
                    Status.PASSED,
                    observed,
                    "one",
                    "All " + databases.size() + " databases have the same schema after the migration, fingerprint "
                            + shortened(schemas.keySet().iterator().next()) + ".");
        }
        return finding(Status.FAILED, observed, schemas.size() + " differ", drift(schemas));
    }

    private String drift(Map<String, List<Integer>> schemas) {
        StringBuilder told = new StringBuilder("The databases have drifted apart. Schema fingerprints: ")
                .append(schemas.entrySet().stream()
                        .map(group -> shortened(group.getKey()) + " on " + DatabaseVerdict.named(group.getValue()))
                        .collect(Collectors.joining("; ")))
                .append('.');
        for (List<Integer> group : schemas.values()) {
            DatabaseSchema schema =
                    databases.get(group.getFirst() - 1).database().schema().orElseThrow();
            if (!schema.differences().isEmpty()) {
                told.append(' ')
                        .append(capital(DatabaseVerdict.named(group)))
                        .append(" beside database ")
                        .append(schema.beside())
                        .append(": ")
                        .append(schema.differences().stream()
                                .limit(DIFFERENCES_TOLD)
                                .collect(Collectors.joining("; ")))
                        .append(
                                schema.differences().size() > DIFFERENCES_TOLD
                                        ? "; and " + (schema.differences().size() - DIFFERENCES_TOLD) + " more"
                                        : "")
                        .append('.');
            }
        }
        boolean drilled = run.drills().stream().anyMatch(drill -> drill.name().equals("drift"));
        return told.append(
                        drilled
                                ? " What brings them together again is tried by the drill drift."
                                : " With drills: [ drift ] it is tried what brings them together again.")
                .toString();
    }

    private Finding finding(Status status, OptionalDouble observed, String shown, String message) {
        DatabaseRun first = run.databases().getFirst();
        return new Finding(
                OBJECTIVE, status, SUBJECT, observed, OptionalDouble.of(1), UNIT, shown, "", message, first.location());
    }

    private static String shortened(String sha256) {
        return sha256.substring(0, Math.min(FINGERPRINT_CHARACTERS, sha256.length()));
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
