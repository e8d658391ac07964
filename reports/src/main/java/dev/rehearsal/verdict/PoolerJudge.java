package dev.rehearsal.verdict;

import dev.rehearsal.run.RequestLog.OperationKey;
import dev.rehearsal.run.RunEvent.PoolerFacts;
import dev.rehearsal.run.RunEvent.SessionState;
import dev.rehearsal.run.RunEvent.SessionStateFound;
import dev.rehearsal.run.RunEvent.StatementObserved;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.run.StepRun;
import dev.rehearsal.scenario.SourceLocation;
import dev.rehearsal.verdict.Verdict.Status;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/**
 * What is other behind a pooler that gives a client's transactions to whichever session is free: state that was meant for one session, and was found in
 * another or not at all. Each is a fact that a session told of itself, so that it fails the run whatever the objectives say.
 */
final class PoolerJudge {
    static final String OBJECTIVE = "pooler";

    private static final String UNIT = "sessions";
    private static final String LOCK_TIMEOUT = "lock_timeout";

    /** "prepared statement … does not exist", and "… already exists". */
    private static final List<String> OF_PREPARED = List.of("26000", "42P05");

    private static final String LOCK_NOT_AVAILABLE = "55P03";

    private final RunRecord run;

    PoolerJudge(RunRecord run) {
        this.run = run;
    }

    List<Finding> judge() {
        Optional<PoolerFacts> pooler =
                run.environment().flatMap(ready -> ready.pooler()).filter(PoolerFacts::shares);
        if (pooler.isEmpty()) {
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        found(SessionState.LOST_SETTING).forEach((setting, states) -> findings.add(lost(setting, states)));
        found(SessionState.LEAKED_SETTING).forEach((setting, states) -> findings.add(leaked(setting, states)));
        List<SessionStateFound> locks = run.sessionStates().stream()
                .filter(state -> state.kind() == SessionState.LEAKED_LOCK)
                .toList();
        if (!locks.isEmpty()) {
            findings.add(locked(locks));
        }
        Map<OperationKey, Long> prepared = failures(OF_PREPARED);
        if (!prepared.isEmpty()) {
            findings.add(unprepared(pooler.get(), prepared));
        }
        return findings;
    }

    private Map<String, List<SessionStateFound>> found(SessionState kind) {
        Map<String, List<SessionStateFound>> bySetting = new LinkedHashMap<>();
        run.sessionStates().stream()
                .filter(state -> state.kind() == kind)
                .forEach(state -> bySetting
                        .computeIfAbsent(state.setting(), setting -> new ArrayList<>())
                        .add(state));
        return bySetting;
    }

    private Finding lost(String setting, List<SessionStateFound> states) {
        SessionStateFound first = states.getFirst();
        Optional<StatementObserved> setter = setter(setting);
        SourceLocation location = first.location().orElse(file());
        String more = states.size() == 1 ? "" : " So did " + (states.size() - 1) + " more.";
        return finding(
                setting + " of the migration's session",
                "lost",
                states.size(),
                said(setter, setting) + ", but the pooler gave the statement at " + location + " to another session ("
                        + first.backendPid() + "), where it is " + first.value() + "." + more
                        + " Write set local in the transaction that needs it, or let the migration go around the pooler.",
                location,
                Optional.of(location));
    }

    private Finding leaked(String setting, List<SessionStateFound> states) {
        Optional<StatementObserved> setter = setter(setting);
        String values = String.join(
                ", ", states.stream().map(SessionStateFound::value).distinct().toList());
        long refused = setting.equals(LOCK_TIMEOUT)
                ? failures(List.of(LOCK_NOT_AVAILABLE)).values().stream()
                        .mapToLong(Long::longValue)
                        .sum()
                : 0;
        String felt = refused == 0
                ? ""
                : " " + Quantities.count(refused) + (refused == 1 ? " request was" : " requests were")
                        + " refused a lock because of it (SQLState " + LOCK_NOT_AVAILABLE
                        + "), though the application sets none.";
        SourceLocation location = setter.map(StatementObserved::location).orElse(file());
        return finding(
                setting + " in sessions of the application",
                "leaked",
                states.size(),
                said(setter, setting) + ", and after the run " + sessions(states.size())
                        + " that the pooler serves others by still had it (" + values + ")." + felt
                        + " Write set local in a transaction, which ends with it, or let the migration go around the pooler.",
                location,
                setter.map(StatementObserved::location));
    }

    private Finding locked(List<SessionStateFound> locks) {
        SessionStateFound first = locks.getFirst();
        return finding(
                "advisory locks of sessions",
                "leaked",
                locks.size(),
                "After the run " + (locks.size() == 1 ? "an advisory lock was" : locks.size() + " advisory locks were")
                        + " still held, the first by session " + first.backendPid() + " (keys " + first.setting()
                        + "): whoever took it was served by another session when it released it, or was gone. Take"
                        + " pg_advisory_xact_lock, or let the migration go around the pooler.",
                file(),
                Optional.empty());
    }

    private Finding unprepared(PoolerFacts pooler, Map<OperationKey, Long> failures) {
        long all = failures.values().stream().mapToLong(Long::longValue).sum();
        String operations = String.join(
                ", ",
                failures.keySet().stream()
                        .map(OperationKey::operation)
                        .distinct()
                        .toList());
        return finding(
                "prepared statements of the application",
                Quantities.count(all) + " failed",
                (double) all,
                Quantities.count(all) + (all == 1 ? " request" : " requests") + " of " + operations
                        + " failed with SQLState 26000 or 42P05: the driver prepares a statement by a name once it has been executed"
                        + " a few times, and " + pooler.program()
                        + " gave the next transaction to a session that does not know the name, or has it from another client."
                        + " Write pool: { prepareThreshold: 0 }, or take a PgBouncer of 1.21 or newer with preparedStatements.",
                file(),
                Optional.empty());
    }

    private Map<OperationKey, Long> failures(List<String> states) {
        Map<OperationKey, Long> failures = new LinkedHashMap<>();
        List<OperationKey> operations = run.requests().operations();
        run.requests().forEach(request -> {
            if (request.failed() && states.contains(request.sqlState())) {
                failures.merge(operations.get(request.operation()), 1L, Long::sum);
            }
        });
        return failures;
    }

    /** The first statement of the migration that set it for its session. */
    private Optional<StatementObserved> setter(String setting) {
        Pattern sets = Pattern.compile("(?is)\\s*set\\s+(session\\s+)?" + Pattern.quote(setting)
                + "\\b.*|.*\\bset_config\\s*\\(\\s*'" + Pattern.quote(setting) + "'.*");
        return run.steps().stream()
                .map(StepRun::statements)
                .flatMap(List::stream)
                .flatMap(statement -> statement.tries().stream())
                .filter(one -> sets.matcher(one.sql()).matches())
                .findFirst();
    }

    private static String said(Optional<StatementObserved> setter, String setting) {
        return setter.map(one -> "`" + one.sql().strip() + "` was for its session")
                .orElse("Somebody has set " + setting + " for a session");
    }

    private static String sessions(int count) {
        return count == 1 ? "one session" : count + " sessions";
    }

    private SourceLocation file() {
        return new SourceLocation(run.started().scenarioFile(), 1, 1);
    }

    private static Finding finding(
            String subject,
            String shown,
            double observed,
            String message,
            SourceLocation location,
            Optional<SourceLocation> cause) {
        return new Finding(
                        OBJECTIVE,
                        Status.FAILED,
                        subject,
                        OptionalDouble.of(observed),
                        OptionalDouble.empty(),
                        UNIT,
                        shown,
                        "",
                        message,
                        location)
                .causedBy(cause);
    }
}
