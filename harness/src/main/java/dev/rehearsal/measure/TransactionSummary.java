package dev.rehearsal.measure;

import dev.rehearsal.run.RunClock;
import dev.rehearsal.run.RunEvent.LockHeld;
import dev.rehearsal.run.RunEvent.LockWaited;
import dev.rehearsal.run.RunEvent.Rewrite;
import dev.rehearsal.run.RunEvent.Scan;
import dev.rehearsal.run.RunEvent.WaitOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Stream;

/** Joins what was seen of one transaction (or one statement in autocommit), statement by statement. */
final class TransactionSummary {
    /** The wall clock and the monotonic clock are read apart, and are slewed apart. */
    static final long CLOCKS_NANOS = Duration.ofMillis(1).toNanos();

    private final RunClock clock;
    private final List<WitnessedSession.Executed> executed;
    private final Optional<Map<Long, Long>> countedBefore;
    private final SessionLog.Taken logged;
    private final List<HoldTimeline.Hold> holds;
    private final OptionalLong walBytes;
    private final Map<Long, String> namesBefore;
    private final RelationNames.Known names;
    private final Map<Long, String> namesInside = new HashMap<>();

    /**
     * @param countedBefore rows by relation that the session had counted when it was asked inside the transaction, if it was
     * @param names as they were after it, as near as they are known
     */
    TransactionSummary(
            RunClock clock,
            List<WitnessedSession.Executed> executed,
            Optional<Map<Long, Long>> countedBefore,
            SessionLog.Taken logged,
            List<HoldTimeline.Hold> holds,
            OptionalLong walBefore,
            OptionalLong walAfter,
            Map<Long, String> namesBefore,
            RelationNames.Known names) {
        this.clock = clock;
        this.executed = List.copyOf(executed);
        this.countedBefore = countedBefore;
        this.logged = logged;
        this.holds = holds;
        this.walBytes = walBefore.isPresent() && walAfter.isPresent()
                ? OptionalLong.of(walAfter.getAsLong() - walBefore.getAsLong())
                : OptionalLong.empty();
        this.namesBefore = namesBefore;
        this.names = names;
        logged.commands().stream()
                .flatMap(command -> command.locks().stream())
                .forEach(lock -> namesInside.put(lock.relation(), lock.name()));
        // A relation that is gone has its number for a name: dropped, or the transient table of a rewrite.
        namesInside.entrySet().removeIf(each -> each.getValue().equals(Long.toString(each.getKey())));
    }

    List<Observation> observations() {
        if (executed.isEmpty()) {
            return List.of();
        }
        WitnessedSession.Executed end = executed.getLast();
        boolean alone = executed.stream()
                        .filter(statement -> !StatementText.isControl(statement.sql()))
                        .count()
                == 1;
        List<List<HoldTimeline.Hold>> holdsByStatement = holdsByStatement();
        Map<Long, Long> rowsReadBefore = countedBefore();
        List<Observation> observations = new ArrayList<>();
        for (int i = 0; i < executed.size(); i++) {
            WitnessedSession.Executed statement = executed.get(i);
            boolean counted = alone && !StatementText.isControl(statement.sql());
            observations.add(new Observation(
                    statement.sent(),
                    statement.returned(),
                    end.sent(),
                    end.returned(),
                    waited(i),
                    rewrites(i),
                    scans(i, rowsReadBefore),
                    counted ? walBytes : OptionalLong.empty(),
                    locks(i, holdsByStatement.get(i))));
        }
        return observations;
    }

    /**
     * What the session had counted when the transaction began. Counts only rise within one, so of all readings that were made in it the first is the
     * one with the least of each; a reading leaves out what is zero. No reading at all is of a server where every transaction begins with zero.
     */
    private Map<Long, Long> countedBefore() {
        List<Map<Long, Long>> readings = new ArrayList<>();
        countedBefore.ifPresent(readings::add);
        logged.beginnings().forEach(command -> readings.add(command.rowsRead()));
        if (readings.isEmpty()) {
            return new HashMap<>();
        }
        Map<Long, Long> least = new HashMap<>(readings.getFirst());
        for (Map<Long, Long> reading : readings) {
            least.replaceAll((relation, rows) -> Math.min(rows, reading.getOrDefault(relation, 0L)));
        }
        return least;
    }

    /** Index of the statement that the server was working on, or had worked on last. */
    private int statementAt(long nanos) {
        int index = 0;
        while (index + 1 < executed.size() && executed.get(index + 1).sent() <= nanos) {
            index++;
        }
        return index;
    }

    private int statementAt(Instant inMicroseconds) {
        return statementAt(clock.fromWallClock(inMicroseconds));
    }

    private List<LockWaited> waits(int statement) {
        // A log time is half a millisecond off, so the end of a wait may seem to lie in the next statement; its
        // beginning tells better when it was long.
        return logged.waits().stream()
                .filter(wait -> statementAt(wait.endNanos()
                                - Math.min(wait.durationNanos() / 2, Math.max(CLOCKS_NANOS, wait.errorNanos())))
                        == statement)
                .toList();
    }

    private long waited(int statement) {
        return waits(statement).stream().mapToLong(LockWaited::durationNanos).sum();
    }

    private List<Rewrite> rewrites(int statement) {
        return Stream.concat(
                        logged.rewrites().stream()
                                .filter(rewrite -> statementAt(rewrite.at()) == statement)
                                .map(rewrite -> new Rewrite(
                                        rewrite.relation(),
                                        reason(rewrite.reason()),
                                        names.isOwn(rewrite.table(), rewrite.relation()))),
                        executed.get(statement).newFiles().stream()
                                .flatMap(table -> name(table)
                                        .map(name -> new Rewrite(
                                                name,
                                                StatementText.rewriteReason(
                                                        executed.get(statement).sql()),
                                                names.isOwn(table, name)))
                                        .stream()))
                .toList();
    }

    /** The words for the server's bit set (AT_REWRITE_… in event_trigger.h). */
    static String reason(int bits) {
        Map<Integer, String> words = new LinkedHashMap<>();
        words.put(1, "persistence");
        words.put(2, "column default");
        words.put(4, "column type");
        words.put(8, "access method");
        List<String> found = new ArrayList<>();
        int rest = bits;
        for (Map.Entry<Integer, String> word : words.entrySet()) {
            if ((bits & word.getKey()) != 0) {
                found.add(word.getValue());
                rest &= ~word.getKey();
            }
        }
        if (rest != 0 || found.isEmpty()) {
            found.add("reason " + rest);
        }
        return String.join(", ", found);
    }

    /** @param rowsReadBefore by relation, counted by the session up to this statement; brought up to its end */
    private List<Scan> scans(int statement, Map<Long, Long> rowsReadBefore) {
        Map<Long, Long> rowsRead = new LinkedHashMap<>();
        logged.commands().stream()
                .filter(command -> statementAt(command.at()) == statement)
                .forEach(command -> command.locks().forEach(lock -> rowsRead.put(lock.relation(), lock.rowsRead())));
        executed.get(statement).rowsRead().forEach(lock -> rowsRead.put(lock.relation(), lock.rowsRead()));
        List<Scan> scans = new ArrayList<>();
        rowsRead.forEach((relation, rows) -> {
            long before = rowsReadBefore.getOrDefault(relation, 0L);
            rowsReadBefore.put(relation, rows);
            Optional<RelationNames.Relation> known = names.find(relation);
            if (rows > before
                    && namesBefore.containsKey(relation)
                    && known.isPresent()
                    && known.get().hasRows()) {
                scans.add(new Scan(namesBefore.get(relation), rows - before));
            }
        });
        return scans;
    }

    private List<List<HoldTimeline.Hold>> holdsByStatement() {
        List<List<HoldTimeline.Hold>> byStatement = new ArrayList<>();
        executed.forEach(statement -> byStatement.add(new ArrayList<>()));
        for (HoldTimeline.Hold hold : holds) {
            byStatement.get(taker(hold)).add(hold);
        }
        addUnsampled(byStatement);
        return byStatement;
    }

    /** Nobody takes a lock on a relation by ending a transaction: then it was the statement before, and was seen late. */
    private int taker(HoldTimeline.Hold hold) {
        int latest = statementAt(hold.grantLatestNanos());
        int earliest = statementAt(hold.grantEarliestNanos());
        while (latest > earliest && StatementText.isControl(executed.get(latest).sql())) {
            latest--;
        }
        return latest;
    }

    /** Locks that came and went between two readings, but that the statement itself reported at its end. */
    private void addUnsampled(List<List<HoldTimeline.Hold>> byStatement) {
        Set<Sighting.Lock> sampled = new LinkedHashSet<>();
        holds.forEach(hold -> sampled.add(hold.lock()));
        for (LogEntry.CommandEnded command : logged.commands()) {
            int index = statementAt(command.at());
            WitnessedSession.Executed statement = executed.get(index);
            long at = clock.fromWallClock(command.at());
            for (LogEntry.HeldLock held : command.locks()) {
                if (sampled.add(new Sighting.Lock(held.relation(), held.mode()))) {
                    byStatement
                            .get(index)
                            .add(new HoldTimeline.Hold(
                                    new Sighting.Lock(held.relation(), held.mode()),
                                    statement.sent(),
                                    Math.clamp(at + CLOCKS_NANOS, statement.sent(), statement.returned()),
                                    Math.clamp(
                                            at - CLOCKS_NANOS,
                                            statement.sent(),
                                            executed.getLast().returned()),
                                    executed.getLast().returned()));
                }
            }
        }
    }

    /** One for each relation and mode: of several holds in one statement the longest that is proven. */
    private List<LockHeld> locks(int statement, List<HoldTimeline.Hold> holds) {
        Map<Sighting.Lock, HoldTimeline.Hold> longest = new LinkedHashMap<>();
        holds.forEach(hold -> longest.merge(
                hold.lock(), hold, (one, other) -> other.provableNanos() > one.provableNanos() ? other : one));
        List<LockHeld> locks = new ArrayList<>();
        for (HoldTimeline.Hold hold : longest.values()) {
            name(hold.lock().relation()).ifPresent(name -> locks.add(lock(statement, hold, name)));
        }
        return locks;
    }

    private LockHeld lock(int statement, HoldTimeline.Hold hold, String name) {
        List<LockWaited> waits = waits(statement).stream()
                .filter(wait -> wait.relation()
                        && wait.target().equals(name)
                        && wait.mode().equals(hold.lock().mode()))
                .toList();
        Optional<LockWaited> granted = waits.stream()
                // Whoever holds the lock afterwards has got it, whether or not that was seen.
                .filter(wait -> wait.outcome() == WaitOutcome.ACQUIRED || wait.outcome() == WaitOutcome.ENDED)
                .max(Comparator.comparingLong(LockWaited::endNanos));
        HoldTimeline.Hold bounded = granted.map(wait -> hold.grantedBetween(
                        // The waiter may wake up late, so the log bounds the grant from above alone.
                        hold.grantEarliestNanos(), wait.endNanos() + wait.errorNanos()))
                .orElse(hold);
        long from = granted.map(
                        wait -> Math.clamp(wait.endNanos(), bounded.grantEarliestNanos(), bounded.grantLatestNanos()))
                .orElse(middle(bounded.grantEarliestNanos(), bounded.grantLatestNanos()));
        long until = Math.max(from, middle(bounded.releaseEarliestNanos(), bounded.releaseLatestNanos()));
        long held = until - from;
        long error = Math.max(bounded.possibleNanos() - held, held - bounded.provableNanos());
        return new LockHeld(
                name,
                hold.lock().mode(),
                waits.stream().mapToLong(LockWaited::durationNanos).sum(),
                from,
                held,
                error,
                names.isOwn(hold.lock().relation(), name));
    }

    private static long middle(long from, long to) {
        return from + (to - from) / 2;
    }

    /** Empty for what is left out: toast tables, which nobody reaches but through their table, and the transient tables of a rewrite. */
    private Optional<String> name(long relation) {
        Optional<RelationNames.Relation> known = names.find(relation);
        if (known.isPresent() && known.get().toast()) {
            return Optional.empty();
        }
        String name = Optional.ofNullable(namesBefore.get(relation))
                .or(() -> Optional.ofNullable(namesInside.get(relation)))
                .or(() -> known.map(RelationNames.Relation::name))
                .orElse("");
        boolean leftOut =
                name.isEmpty() || name.startsWith("pg_toast.") || name.startsWith(InstrumentSchema.NAME + ".");
        return leftOut ? Optional.empty() : Optional.of(name);
    }
}
