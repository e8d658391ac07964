package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.ExpectedLock;
import dev.rehearsal.run.RunEvent.ExpectedRefusal;
import dev.rehearsal.run.RunEvent.ExpectedScan;
import dev.rehearsal.run.RunEvent.InstrumentLimited;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.StatementPredicted;
import dev.rehearsal.run.RunEvent.Status;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StatementRun;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.sql.SchemaChange;
import dev.rehearsal.scenario.sql.SqlScript;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What the static view said of one statement, beside what it did. Where they disagree the measurement is right.
 *
 * @param measured empty if the statement was not run
 * @param aspects those of which both know something, in a fixed order
 */
public record Lint(StatementPredicted predicted, Optional<StatementRun> measured, List<Aspect> aspects) {
    private static final List<String> STOP_WRITES =
            List.of("AccessExclusive", "Exclusive", "ShareRowExclusive", "Share");

    /** Kinds of steps whose SQL is known although another program sends it. */
    private static final Set<String> OTHER_TOOLS = Set.of("flyway", "liquibase");

    public Lint {
        aspects = List.copyOf(aspects);
    }

    /**
     * @param name {@code outcome}, {@code rewrites}, {@code reads whole} or {@code locks}
     * @param predicted a phrase; likewise {@code measured}
     */
    public record Aspect(String name, String predicted, String measured) {
        public boolean agrees() {
            return predicted.equals(measured);
        }
    }

    public boolean agrees() {
        return aspects.stream().allMatch(Aspect::agrees);
    }

    /** Of every statement that was predicted and run; those with disagreements first, else in their order. */
    public static List<Lint> of(RunRecord run) {
        List<Lint> all = new ArrayList<>();
        boolean readsTold = run.limitation(InstrumentLimited.EVENT_TRIGGERS).isEmpty();
        Map<Integer, List<StatementPredicted>> before = new HashMap<>();
        for (StatementPredicted predicted : run.predictions()) {
            Optional<StepRun> step = run.steps().stream()
                    .filter(each -> each.index() == predicted.step())
                    .findFirst();
            List<StatementPredicted> earlier = before.computeIfAbsent(predicted.step(), index -> new ArrayList<>());
            all.add(
                    step.filter(Lint::isOfAnotherTool).isPresent()
                            ? ofAnotherTool(predicted, earlier, step.get().statements(), readsTold)
                            : of(predicted, step.flatMap(each -> measured(predicted, each))));
            earlier.add(predicted);
        }
        all.sort(Comparator.comparing(Lint::agrees));
        return all;
    }

    private static Optional<StatementRun> measured(StatementPredicted predicted, StepRun step) {
        return step.statements().stream()
                .filter(statement -> statement.index() == predicted.statement())
                .findFirst();
    }

    /**
     * Of a statement that another tool was to send. It sends statements of its own too: only one with the same text will do. What it reads is not known
     * unless it is DDL, and a lock that its transaction has already may be seen again.
     *
     * @param earlier predictions of the same step
     * @param measured all of the step
     * @param readsTold whether the server tells what DDL reads
     */
    public static Lint ofAnotherTool(
            StatementPredicted predicted,
            List<StatementPredicted> earlier,
            List<StatementRun> measured,
            boolean readsTold) {
        String words = words(predicted.sql());
        long before =
                earlier.stream().filter(each -> words(each.sql()).equals(words)).count();
        Optional<StatementRun> own = measured.stream()
                .filter(statement -> words(statement.sql()).equals(words))
                .skip(before)
                .findFirst();
        Set<String> hadAlready = new HashSet<>();
        earlier.forEach(each -> each.locks().forEach(lock -> hadAlready.add(lock.relation())));
        predicted.locks().stream()
                .filter(lock -> STOP_WRITES.contains(lock.mode()))
                .forEach(lock -> hadAlready.remove(lock.relation()));
        boolean readsKnown = readsTold && !(SchemaChange.read(predicted.sql()) instanceof SchemaChange.RowsChanged);
        return new Lint(
                predicted,
                own,
                own.map(run -> aspects(predicted, run, readsKnown, hadAlready)).orElse(List.of()));
    }

    private static boolean isOfAnotherTool(StepRun step) {
        return OTHER_TOOLS.contains(step.kind());
    }

    /** Without the comments around it and the end that one writes and another does not. */
    private static String words(String sql) {
        List<SqlScript.Statement> statements = SqlScript.split(sql).statements();
        String text = statements.size() == 1 ? statements.getFirst().text() : sql;
        return text.strip().replaceFirst(";$", "").replaceAll("\\s+", " ").strip();
    }

    /** @param measured empty if it was not run */
    public static Lint of(StatementPredicted predicted, Optional<StatementRun> measured) {
        return new Lint(
                predicted,
                measured,
                measured.map(run -> aspects(predicted, run, true, Set.of())).orElse(List.of()));
    }

    private static List<Aspect> aspects(
            StatementPredicted predicted, StatementRun measured, boolean readsKnown, Set<String> hadAlready) {
        List<Aspect> aspects = new ArrayList<>();
        aspects.add(new Aspect("outcome", outcome(predicted), outcome(measured)));
        if (measured.status() != Status.SUCCEEDED || predicted.refusal().isPresent()) {
            return aspects;
        }
        aspects.add(new Aspect(
                "rewrites",
                names(new TreeSet<>(predicted.rewrites())),
                names(measured.rewrites().stream()
                        .filter(rewrite -> !rewrite.ownRelation())
                        .map(Rewrite::relation)
                        .collect(Collectors.toSet()))));
        Set<String> perhaps = predicted.scans().stream()
                .filter(scan -> !scan.certain())
                .map(ExpectedScan::relation)
                .collect(Collectors.toSet());
        if (predicted.scansKnown() && readsKnown) {
            aspects.add(new Aspect(
                    "reads whole",
                    names(predicted.scans().stream()
                            .filter(scan -> scan.rows() > 0 && scan.certain())
                            .map(ExpectedScan::relation)
                            .collect(Collectors.toSet())),
                    names(measured.scans().stream()
                            .map(Scan::relation)
                            .filter(relation -> !perhaps.contains(relation))
                            .collect(Collectors.toSet()))));
        }
        if (predicted.locksKnown()) {
            aspects.add(new Aspect("locks", predictedLocks(predicted), measuredLocks(predicted, measured, hadAlready)));
        }
        return aspects;
    }

    private static String outcome(StatementPredicted predicted) {
        return predicted
                .refusal()
                .map(ExpectedRefusal::sqlState)
                .map(Lint::refused)
                .orElse("succeeds");
    }

    private static String outcome(StatementRun measured) {
        if (measured.status() == Status.SUCCEEDED) {
            return "succeeds";
        }
        return measured.last()
                .sqlState()
                .map(Lint::refused)
                .orElse(measured.status().name().toLowerCase(java.util.Locale.ROOT));
    }

    private static String refused(String sqlState) {
        return "fails with " + sqlState;
    }

    private static String names(Set<String> relations) {
        return relations.isEmpty() ? "nothing" : String.join(", ", new TreeSet<>(relations));
    }

    private static String predictedLocks(StatementPredicted predicted) {
        TreeMap<String, String> strongest = new TreeMap<>();
        for (ExpectedLock lock : predicted.locks()) {
            keep(strongest, lock.relation(), lock.mode());
        }
        return locks(strongest);
    }

    private static String measuredLocks(StatementPredicted predicted, StatementRun measured, Set<String> hadAlready) {
        TreeMap<String, String> strongest = new TreeMap<>();
        for (LockHeld lock : measured.locks()) {
            if (!lock.ownRelation()
                    && !predicted.indexes().contains(lock.relation())
                    && !hadAlready.contains(lock.relation())) {
                keep(strongest, lock.relation(), lock.mode());
            }
        }
        return locks(strongest);
    }

    private static void keep(TreeMap<String, String> strongest, String relation, String mode) {
        if (STOP_WRITES.contains(mode)) {
            strongest.merge(
                    relation, mode, (one, two) -> STOP_WRITES.indexOf(one) <= STOP_WRITES.indexOf(two) ? one : two);
        }
    }

    private static String locks(TreeMap<String, String> strongest) {
        return strongest.isEmpty()
                ? "none that stops writes"
                : strongest.entrySet().stream()
                        .map(lock -> lock.getValue() + " on " + lock.getKey())
                        .collect(Collectors.joining(", "));
    }
}
