package dev.rehearsal.verdict;

import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.Rewrite;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What to do instead, by what was seen: the evidence decides, the statement's words only tell apart what left the same evidence.
 */
final class SaferWay {
    private static final Pattern CREATE_INDEX =
            Pattern.compile("\\A\\s*create\\s+(unique\\s+)?index(?!\\s+concurrently)", Pattern.CASE_INSENSITIVE);
    private static final Pattern UNIQUE =
            Pattern.compile("\\b(unique|primary\\s+key|exclude)\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern REFERENCES = Pattern.compile("\\breferences\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern CHECK = Pattern.compile("\\bcheck\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern NOT_NULL = Pattern.compile("\\bset\\s+not\\s+null\\b", Pattern.CASE_INSENSITIVE);
    private static final Pattern CHANGES_ROWS = Pattern.compile(
            "\\A\\s*(with\\b.*\\b)?(update|delete|insert|merge)\\b", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

    private SaferWay() {}

    static Optional<String> of(StatementImpact impact) {
        String sql = impact.statement().sql();
        List<Rewrite> rewrites = impact.statement().rewrites().stream()
                .filter(rewrite -> !rewrite.ownRelation())
                .toList();
        if (!rewrites.isEmpty()) {
            return Optional.of(insteadOfRewriting(rewrites.getFirst(), sql));
        }
        if (waitedMoreThanItHeld(impact)) {
            return Optional.of(
                    "give the step a short lockTimeout and retries, so that the queue behind it dissolves each time.");
        }
        if (CREATE_INDEX.matcher(sql).find()) {
            return Optional.of("create the index concurrently, in a step of its own.");
        }
        if (UNIQUE.matcher(sql).find()) {
            return Optional.of("create a unique index concurrently, then add the constraint using that index.");
        }
        if (REFERENCES.matcher(sql).find()) {
            return Optional.of("add the foreign key not valid, then validate it in a step of its own.");
        }
        if (NOT_NULL.matcher(sql).find()) {
            return Optional.of(
                    "add a check (… is not null) not valid, validate it in a step of its own, then set not null.");
        }
        if (CHECK.matcher(sql).find()) {
            return Optional.of("add the check not valid, then validate it in a step of its own.");
        }
        if (CHANGES_ROWS.matcher(sql).find()) {
            return Optional.of(
                    "change the rows in batches, each in a transaction of its own, apart from the schema change.");
        }
        return Optional.empty();
    }

    private static boolean waitedMoreThanItHeld(StatementImpact impact) {
        long held = impact.statement().locks().stream()
                .filter(lock -> !lock.ownRelation())
                .mapToLong(LockHeld::heldNanos)
                .max()
                .orElse(0);
        return impact.statement().waitedNanos() > Math.max(held, 1_000_000);
    }

    private static String insteadOfRewriting(Rewrite rewrite, String sql) {
        String reason = rewrite.reason().toLowerCase(Locale.ROOT);
        if (reason.contains("default")) {
            return sql.toLowerCase(Locale.ROOT).contains("add")
                    ? "add the column bare, backfill it in batches, then set the default and the constraint."
                    : "fill a new column in batches, then let it take the old one's place.";
        }
        if (reason.contains("type")) {
            return "add a column of the new type, keep it in step with a trigger, backfill it in batches, then let it take the old"
                    + " one's place.";
        }
        return "copy into a new table in batches, then let it take the old one's place.";
    }
}
