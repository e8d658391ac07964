package dev.rehearsal.measure;

import dev.rehearsal.engine.LogFormat;
import dev.rehearsal.engine.LogRecord;
import dev.rehearsal.engine.UnreadableRecordException;
import dev.rehearsal.run.ApplicationNames;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in the records of a PostgreSQL server's log what they say about locks. Stateless. */
final class LogParser {
    /** What begins the message of every line that we have the server write. */
    static final String OURS = "harness ";

    private static final Pattern WAIT = Pattern.compile("process \\d+ (still waiting for|acquired|failed to acquire"
            + "|avoided deadlock for|detected deadlock while waiting for) (\\w+) on (.+?)"
            + "(?: by rearranging queue order)? after (\\d+)\\.(\\d{3}) ms");
    private static final Pattern DETAIL =
            Pattern.compile("Process(?:es)? holding the lock: ([\\d, ]*)\\. Wait queue: ([\\d, ]*)\\.");
    private static final Pattern REWRITE = Pattern.compile("harness rewrite (\\d+) (\\d+) (\\d+) (.+)", Pattern.DOTALL);
    private static final Pattern HELD = Pattern.compile("(\\d+) (\\w+) (\\d+) (.+)");
    private static final Pattern BEGAN =
            Pattern.compile("(?:statement|execute (?:fetch from )?\\S+|fastpath function call): (.*)", Pattern.DOTALL);
    private static final Pattern LASTED =
            Pattern.compile("duration: (\\d+)\\.(\\d{3}) ms(  (?:parse|bind) .*)?", Pattern.DOTALL);
    private static final Pattern COUNT = Pattern.compile("(\\d+) (\\d+)");

    /** Of the messages that are of interest. */
    private static final List<String> BEGINNINGS =
            List.of("process ", OURS, "statement: ", "execute ", "fastpath ", "duration: ");

    private final LogFormat format;

    LogParser(LogFormat format) {
        this.format = format;
    }

    /** Thrown for a record that is not whole, or not what we know the server to write. */
    static final class GarbledRecordException extends Exception {
        private static final long serialVersionUID = 1L;

        GarbledRecordException(String message) {
            super(message);
        }
    }

    /** Empty for records that say nothing about locks. */
    Optional<LogEntry> parse(String record) throws GarbledRecordException {
        // Most are none of ours, and this thread shares its processors with the victims: look before reading.
        if (!format.mayTell(record, BEGINNINGS)) {
            return Optional.empty();
        }
        try {
            return entry(format.read(record));
        } catch (UnreadableRecordException | NumberFormatException e) {
            throw new GarbledRecordException(e.getMessage());
        }
    }

    private static Optional<LogEntry> entry(LogRecord record) throws GarbledRecordException {
        return switch (record.severity()) {
            case "ERROR", "FATAL", "PANIC" ->
                Optional.of(new LogEntry.SessionFailed(
                        record.at(), record.pid(), record.state(), record.message(), record.statement()));
            case "LOG" -> logged(record);
            default -> Optional.empty();
        };
    }

    private static Optional<LogEntry> logged(LogRecord record) throws GarbledRecordException {
        if (record.message().startsWith(OURS)) {
            return Optional.of(ours(record));
        }
        return record.message().startsWith("process ") ? wait(record) : statement(record);
    }

    /** Statements are logged of a tool's sessions; whoever else has them logged is not asked about. */
    private static Optional<LogEntry> statement(LogRecord record) {
        if (!record.user().equals(ApplicationNames.TOOL_ROLE)) {
            return Optional.empty();
        }
        Matcher began = BEGAN.matcher(record.message());
        if (began.matches()) {
            return Optional.of(new LogEntry.StatementBegan(record.at(), record.pid(), began.group(1)));
        }
        Matcher lasted = LASTED.matcher(record.message());
        if (!lasted.matches()) {
            return Optional.empty();
        }
        long durationNanos = nanos(lasted.group(1), lasted.group(2));
        return Optional.of(
                lasted.group(3) == null
                        ? new LogEntry.StatementEnded(record.at(), record.pid(), durationNanos)
                        : new LogEntry.StatementPrepared(record.at(), record.pid(), durationNanos));
    }

    private static long nanos(String milliseconds, String microseconds) {
        return Long.parseLong(milliseconds) * 1_000_000 + Long.parseLong(microseconds) * 1_000;
    }

    /** A tool names its sessions as it likes; the role that it logs in as is ours. */
    private static String applicationName(LogRecord record) {
        return record.user().equals(ApplicationNames.TOOL_ROLE) ? ApplicationNames.MIGRATION : record.applicationName();
    }

    private static Optional<LogEntry> wait(LogRecord record) throws GarbledRecordException {
        Matcher wait = WAIT.matcher(record.message());
        if (!wait.matches()) {
            return Optional.empty();
        }
        int session = record.leaderPid().orElse(record.pid());
        String mode = modeName(wait.group(2));
        LockTarget target = LockTarget.parse(wait.group(3));
        long durationNanos = nanos(wait.group(4), wait.group(5));
        if (wait.group(1).equals("acquired")) {
            return Optional.of(new LogEntry.WaitAcquired(
                    record.at(), record.pid(), session, applicationName(record), mode, target, durationNanos));
        }
        List<Integer> holders = List.of();
        List<Integer> queue = List.of();
        if (!record.detail().isEmpty()) {
            Matcher detail = DETAIL.matcher(record.detail());
            if (!detail.matches()) {
                throw new GarbledRecordException("holders of a lock not understood: " + beginning(record.detail()));
            }
            holders = pids(detail.group(1));
            queue = pids(detail.group(2));
        }
        return Optional.of(new LogEntry.WaitReported(
                record.at(),
                record.pid(),
                session,
                applicationName(record),
                mode,
                target,
                durationNanos,
                holders,
                queue));
    }

    private static LogEntry ours(LogRecord record) throws GarbledRecordException {
        String message = record.message();
        Instant at = record.at();
        int pid = record.pid();
        if (message.startsWith("harness marker ")) {
            return new LogEntry.Marker(at, pid, message.substring("harness marker ".length()));
        }
        if (message.startsWith("harness trouble ")) {
            return new LogEntry.TriggerFailed(at, pid, message.substring("harness trouble ".length()));
        }
        if (message.equals("harness stranger")) {
            return new LogEntry.StrangerChanged(at, pid, record.applicationName());
        }
        if (message.startsWith("harness before ")) {
            return before(message.substring("harness before ".length()), pid);
        }
        if (message.startsWith("harness command ")) {
            return command(message.substring("harness command ".length()), pid);
        }
        Matcher rewrite = REWRITE.matcher(message);
        if (rewrite.matches()) {
            return new LogEntry.TableRewritten(
                    microseconds(rewrite.group(1)),
                    pid,
                    Long.parseLong(rewrite.group(3)),
                    unqualified(rewrite.group(4)),
                    Integer.parseInt(rewrite.group(2)));
        }
        throw new GarbledRecordException("a line of our own is not understood: " + beginning(message));
    }

    /** Of {@link InstrumentSchema}'s report: the time, then one line a relation, {@code oid rows-counted-so-far}. */
    private static LogEntry before(String report, int pid) throws GarbledRecordException {
        List<String> lines = report.lines().toList();
        Map<Long, Long> rowsRead = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher count = matched(COUNT, line);
            rowsRead.put(Long.valueOf(count.group(1)), Long.valueOf(count.group(2)));
        }
        return new LogEntry.CommandBegan(microseconds(lines.getFirst()), pid, rowsRead);
    }

    /** Of {@link InstrumentSchema}'s report: the time, then one line a lock, {@code oid mode rows-read-so-far name}. */
    private static LogEntry command(String report, int pid) throws GarbledRecordException {
        List<String> lines = report.lines().toList();
        List<LogEntry.HeldLock> locks = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher lock = matched(HELD, line);
            locks.add(new LogEntry.HeldLock(
                    Long.parseLong(lock.group(1)),
                    unqualified(lock.group(4)),
                    modeName(lock.group(2)),
                    Long.parseLong(lock.group(3))));
        }
        return new LogEntry.CommandEnded(microseconds(lines.getFirst()), pid, locks);
    }

    private static Matcher matched(Pattern pattern, String line) throws GarbledRecordException {
        Matcher matcher = pattern.matcher(line);
        if (!matcher.matches()) {
            throw new GarbledRecordException("a line of our own is not understood: " + beginning(line));
        }
        return matcher;
    }

    private static Instant microseconds(String sinceEpoch) {
        long microseconds = Long.parseLong(sinceEpoch);
        return Instant.ofEpochSecond(microseconds / 1_000_000, microseconds % 1_000_000 * 1_000);
    }

    /** {@code orders} of {@code public.orders}; quotes that the server put around a name are taken away. */
    static String unqualified(String regclass) {
        String name = regclass.replace("\"", "");
        return name.startsWith("public.") ? name.substring("public.".length()) : name;
    }

    /** {@code AccessExclusive} of {@code AccessExclusiveLock}. */
    static String modeName(String serverMode) {
        return serverMode.endsWith("Lock") ? serverMode.substring(0, serverMode.length() - 4) : serverMode;
    }

    private static List<Integer> pids(String list) {
        return Arrays.stream(list.split(", ?", -1))
                .filter(pid -> !pid.isBlank())
                .map(pid -> Integer.valueOf(pid.strip()))
                .toList();
    }

    private static String beginning(String text) {
        return text.length() <= 200 ? text : text.substring(0, 200) + "…";
    }
}
