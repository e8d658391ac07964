package dev.rehearsal.report;

import java.util.List;
import java.util.Optional;

/**
 * The words and figures of {@code report.html}, ready to print: the template decides only where they go. Texts are plain; the template
 * escapes them.
 *
 * @param context one quiet line: what was rehearsed on what
 * @param lint empty of runs that were recorded before the static view was asked
 * @param faults empty where the scenario has none
 * @param drills likewise
 * @param databases empty where there is one; else all else on the page is of the first
 * @param ledger empty where no operation leaves entries in it
 * @param kept files that the figures were computed from
 * @param meanings of every kind of finding and hazard that the page speaks of, each once
 */
public record PageView(
        String scenario,
        String description,
        Judgement judgement,
        String context,
        List<Objective> objectives,
        Charts charts,
        List<Statement> statements,
        Optional<Lint> lint,
        List<Stage> stages,
        List<Chain> chains,
        Optional<Rollback> rollback,
        List<Fault> faults,
        List<Drill> drills,
        List<Database> databases,
        Optional<Ledger> ledger,
        List<Meaning> meanings,
        List<Fact> dataset,
        List<Fact> environment,
        List<Fact> instruments,
        List<String> notes,
        List<Fact> reproduction,
        List<Kept> kept) {
    public PageView {
        kept = List.copyOf(kept);
        objectives = List.copyOf(objectives);
        statements = List.copyOf(statements);
        stages = List.copyOf(stages);
        chains = List.copyOf(chains);
        faults = List.copyOf(faults);
        drills = List.copyOf(drills);
        databases = List.copyOf(databases);
        meanings = List.copyOf(meanings);
        dataset = List.copyOf(dataset);
        environment = List.copyOf(environment);
        instruments = List.copyOf(instruments);
        notes = List.copyOf(notes);
        reproduction = List.copyOf(reproduction);
    }

    /**
     * What the static view said beforehand, beside what was measured.
     *
     * @param summary one sentence
     */
    public record Lint(String summary, List<LintRow> rows) {}

    /**
     * What the documentation says of a kind of finding or of hazard, so that the page needs none beside it.
     *
     * @param anchor of its place in the page
     * @param title its word first, as the finding or the hazard has it
     * @param remedy what to do; may be empty
     */
    public record Meaning(String anchor, String title, String meaning, String remedy) {}

    /** @param meaning the anchor of a {@link Meaning}; empty for a rule that this version does not know */
    public record Hazard(String text, String rule, Optional<String> meaning) {}

    /**
     * @param hazards one line each
     * @param aspects empty if the statement was not run
     */
    public record LintRow(
            String step, String sql, boolean agrees, String verdict, List<Hazard> hazards, List<LintAspect> aspects) {}

    public record LintAspect(String name, String predicted, String measured, boolean agrees) {}

    /**
     * @param verdict {@code passed}, {@code failed} or {@code inconclusive}
     * @param headline one short sentence for who decides
     * @param support a second one, with what to compare it with; may be empty
     * @param subject the statement it is about; empty if it is about none
     * @param sentences for who repairs
     * @param saferWay what to do instead; may be empty
     * @param reasons why the instruments were not good enough, as far as no sentence says so
     * @param meaning the anchor of a {@link Meaning}, of a run that was not good enough to judge; else empty
     */
    public record Judgement(
            String verdict,
            String headline,
            String support,
            String subject,
            List<Prose> sentences,
            String saferWay,
            List<String> reasons,
            Optional<String> meaning) {
        public Judgement {
            sentences = List.copyOf(sentences);
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * @param status {@code passed}, {@code failed} or {@code inconclusive}
     * @param why it is inconclusive, if that is its own and not the whole run's; else empty
     * @param evidence the anchor of the section that has what {@code observed} was taken from
     * @param meaning the anchor of a {@link Meaning}; empty for what passed
     */
    public record Objective(
            String status,
            String name,
            String observed,
            String evidence,
            String limit,
            Prose message,
            Prose why,
            String where,
            Optional<String> meaning) {}

    /**
     * Which charts there is anything to draw in.
     *
     * @param axis what the time axis means, a sentence
     */
    public record Charts(
            String axis,
            ReportData.Descriptions descriptions,
            boolean responses,
            boolean locks,
            boolean replicas,
            boolean samples,
            boolean curves) {}

    /**
     * One statement with all its tries. What does not apply is a dash.
     *
     * @param index of its row
     * @param status in lower case
     * @param trouble what the server said; empty if it succeeded
     * @param tries empty if the first went well
     * @param lock the strongest lock on a relation that was there before: {@code AccessExclusive on orders}
     * @param blocks whom that lock stops, as {@link ReportData.Lane#blocks()}; {@code none} without a lock
     * @param held {@code 26.4 s ± 0.5 ms}
     * @param worst response of a victim
     * @param fromMillis on the charts' axis, as is {@code toMillis}
     */
    public record Statement(
            int index,
            String step,
            String phase,
            String sql,
            String where,
            String status,
            String trouble,
            String tries,
            String duration,
            String waited,
            String lock,
            String blocks,
            String held,
            String rewrite,
            String scan,
            String wal,
            String victims,
            String worst,
            List<Victim> victimRows,
            List<Lock> locks,
            double fromMillis,
            double toMillis) {
        public Statement {
            victimRows = List.copyOf(victimRows);
            locks = List.copyOf(locks);
        }
    }

    /** @param worst response time */
    public record Victim(
            String operation, String requests, String failed, String longestWait, String allWaits, String worst) {}

    public record Lock(String mode, String relation, String waited, String held, boolean ownRelation) {}

    public record Stage(String name, String time, List<Operation> operations) {
        public Stage {
            operations = List.copyOf(operations);
        }
    }

    /** @param whole the sum over all operations of the stage */
    public record Operation(
            boolean whole, String name, String arrivals, Cell p50, Cell p99, Cell max, String failed, String errors) {}

    /**
     * @param text a figure, or a dash
     * @param title the number of requests behind it, or why there is no figure
     */
    public record Cell(String text, String title) {}

    /**
     * A queue, from those who waited to who stood in front of all.
     *
     * @param links first the victims, last the one at the head
     */
    public record Chain(List<String> links) {
        public Chain {
            links = List.copyOf(links);
        }
    }

    /** @param schema {@code identical}, or how many differences there are */
    public record Rollback(String status, String duration, String schema, List<String> differences) {
        public Rollback {
            differences = List.copyOf(differences);
        }
    }

    public record Fault(String kind, String description, String from, String to, String effect) {}

    /** @param status {@code passed}, {@code failed} or {@code inconclusive} */
    public record Drill(String name, String status, Prose summary, List<DrillCheck> checks, Optional<Matrix> matrix) {
        public Drill {
            checks = List.copyOf(checks);
        }
    }

    /**
     * One of several databases. What does not apply is a dash.
     *
     * @param report of it alone, relative to the page; empty of the first, which the page itself is of, and of one that has none
     * @param from when its migration began, on the charts' axis
     * @param before response p99 of the baseline, or the slowest where too few requests carry that
     * @param during likewise, while it was migrated
     * @param victims how many requests waited for the migration
     * @param worst response of one of them
     * @param held the longest hold of the strongest lock, with its mode
     * @param schema the begin of its fingerprint
     */
    public record Database(
            String name,
            Optional<String> report,
            String wave,
            String state,
            String verdict,
            String from,
            String took,
            String before,
            String during,
            String victims,
            String worst,
            String held,
            String schema) {}

    /**
     * What works when.
     *
     * @param columns the boundaries between steps
     */
    public record Matrix(List<String> columns, List<MatrixRow> rows) {
        public Matrix {
            columns = List.copyOf(columns);
            rows = List.copyOf(rows);
        }
    }

    /** @param cells one a column */
    public record MatrixRow(String name, List<MatrixCell> cells) {
        public MatrixRow {
            cells = List.copyOf(cells);
        }
    }

    /** @param title what the server says; empty if all is well */
    public record MatrixCell(String text, String title) {}

    /**
     * @param status as of a drill, or {@code noted}
     * @param where may be empty
     */
    public record DrillCheck(String status, String subject, Prose message, String where) {}

    /**
     * The account of the writes.
     *
     * @param summary what it comes to, a phrase
     * @param doubt why it is not complete, a sentence; empty if it is
     * @param read when and how often it was read back, a phrase
     */
    public record Ledger(String summary, String doubt, List<LedgerRow> rows, List<String> losses, String read) {
        public Ledger {
            rows = List.copyOf(rows);
            losses = List.copyOf(losses);
        }
    }

    /** @param meaning of the row, for who reads it the first time */
    public record LedgerRow(String name, String requests, String there, String notThere, String meaning) {}

    public record Fact(String term, String value) {}

    /**
     * A file beside the page.
     *
     * @param there whether a run like this one leaves it; else the page has no link to it
     */
    public record Kept(String anchor, String path, String holds, boolean there) {}
}
