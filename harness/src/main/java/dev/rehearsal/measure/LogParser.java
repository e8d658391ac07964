package dev.rehearsal.measure;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads lines of PostgreSQL's {@code jsonlog}, written with {@code lc_messages=C} and {@code log_timezone=UTC}. Stateless. */
final class LogParser {
    /** What begins the message of every line that we have the server write. */
    static final String OURS = "harness ";

    private static final Pattern WAIT = Pattern.compile("process \\d+ (still waiting for|acquired|failed to acquire"
            + "|avoided deadlock for|detected deadlock while waiting for) (\\w+) on (.+?)"
            + "(?: by rearranging queue order)? after (\\d+)\\.(\\d{3}) ms");
    private static final Pattern DETAIL =
            Pattern.compile("Process(?:es)? holding the lock: ([\\d, ]*)\\. Wait queue: ([\\d, ]*)\\.");
    private static final Pattern REWRITE = Pattern.compile("harness rewrite (\\d+) (\\d+) (.+)", Pattern.DOTALL);
    private static final Pattern HELD = Pattern.compile("(\\d+) (\\w+) (\\d+) (.+)");
    private static final DateTimeFormatter TIMESTAMP = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS 'UTC'");

    private final JsonMapper json = JsonMapper.shared();

    /** Thrown for a line that is not a whole JSON object of the form that the server writes. */
    static final class GarbledLineException extends Exception {
        private static final long serialVersionUID = 1L;

        GarbledLineException(String message) {
            super(message);
        }
    }

    /** Empty for lines that say nothing about locks. */
    Optional<LogEntry> parse(String line) throws GarbledLineException {
        if (!line.startsWith("{") || !line.endsWith("}")) {
            throw new GarbledLineException("not a JSON object: " + beginning(line));
        }
        // Most lines are none of ours, and this thread shares its processors with the victims: look before parsing.
        if (!line.contains("\"process ") && !line.contains("\"state_code\"") && !line.contains("\"" + OURS)) {
            return Optional.empty();
        }
        try {
            return entry(json.readTree(line));
        } catch (JacksonException | DateTimeParseException | NumberFormatException e) {
            throw new GarbledLineException(e.getMessage() + ": " + beginning(line));
        }
    }

    private static Optional<LogEntry> entry(JsonNode line) throws GarbledLineException {
        String message = line.path("message").asString("");
        int pid = line.path("pid").asInt(0);
        Instant at = LocalDateTime.parse(line.path("timestamp").asString(""), TIMESTAMP)
                .toInstant(ZoneOffset.UTC);
        return switch (line.path("error_severity").asString("")) {
            case "ERROR", "FATAL", "PANIC" ->
                Optional.of(new LogEntry.SessionFailed(
                        at, pid, line.path("state_code").asString("")));
            case "LOG" -> message.startsWith(OURS) ? ours(message, at, pid) : wait(line, message, at, pid);
            default -> Optional.empty();
        };
    }

    private static Optional<LogEntry> wait(JsonNode line, String message, Instant at, int pid)
            throws GarbledLineException {
        Matcher wait = WAIT.matcher(message);
        if (!wait.matches()) {
            return Optional.empty();
        }
        String applicationName = line.path("application_name").asString("");
        int session = line.path("leader_pid").asInt(pid);
        String mode = modeName(wait.group(2));
        LockTarget target = LockTarget.parse(wait.group(3));
        long durationNanos = Long.parseLong(wait.group(4)) * 1_000_000 + Long.parseLong(wait.group(5)) * 1_000;
        if (wait.group(1).equals("acquired")) {
            return Optional.of(
                    new LogEntry.WaitAcquired(at, pid, session, applicationName, mode, target, durationNanos));
        }
        List<Integer> holders = List.of();
        List<Integer> queue = List.of();
        if (line.has("detail")) {
            Matcher detail = DETAIL.matcher(line.path("detail").asString());
            if (!detail.matches()) {
                throw new GarbledLineException("holders of a lock not understood: "
                        + beginning(line.path("detail").asString()));
            }
            holders = pids(detail.group(1));
            queue = pids(detail.group(2));
        }
        return Optional.of(new LogEntry.WaitReported(
                at, pid, session, applicationName, mode, target, durationNanos, holders, queue));
    }

    private static Optional<LogEntry> ours(String message, Instant at, int pid) throws GarbledLineException {
        if (message.startsWith("harness marker ")) {
            return Optional.of(new LogEntry.Marker(at, pid, message.substring("harness marker ".length())));
        }
        if (message.startsWith("harness trouble ")) {
            return Optional.of(new LogEntry.TriggerFailed(at, pid, message.substring("harness trouble ".length())));
        }
        if (message.startsWith("harness command ")) {
            return Optional.of(command(message.substring("harness command ".length()), pid));
        }
        Matcher rewrite = REWRITE.matcher(message);
        if (rewrite.matches()) {
            return Optional.of(new LogEntry.TableRewritten(
                    microseconds(rewrite.group(1)),
                    pid,
                    unqualified(rewrite.group(3)),
                    Integer.parseInt(rewrite.group(2))));
        }
        throw new GarbledLineException("a line of our own is not understood: " + beginning(message));
    }

    /** Of {@link InstrumentSchema}'s report: the time, then one line a lock, {@code oid mode rows-read-so-far name}. */
    private static LogEntry command(String report, int pid) throws GarbledLineException {
        List<String> lines = report.lines().toList();
        List<LogEntry.HeldLock> locks = new ArrayList<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher lock = HELD.matcher(line);
            if (!lock.matches()) {
                throw new GarbledLineException("a line of our own is not understood: " + beginning(line));
            }
            locks.add(new LogEntry.HeldLock(
                    Long.parseLong(lock.group(1)),
                    unqualified(lock.group(4)),
                    modeName(lock.group(2)),
                    Long.parseLong(lock.group(3))));
        }
        return new LogEntry.CommandEnded(microseconds(lines.getFirst()), pid, locks);
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
