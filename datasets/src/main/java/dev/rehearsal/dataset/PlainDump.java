package dev.rehearsal.dataset;

import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.SourceLocation;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.sql.BatchUpdateException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.TransactionState;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * Runs a plain dump against an empty database over one session, as psql would: in the dump's own order, its rows streamed.
 *
 * <p>What another cluster has and this one has not is made up where that is harmless, and noted: a role becomes one that cannot log in, so that owners
 * and grants are as they were; an extension that is not there is left out, and what then needs it fails. Everything else that fails ends the restore: half
 * a database is none.
 */
final class PlainDump {
    private static final int BATCH = 500;
    private static final int BATCH_BYTES = 1 << 20;
    private static final int SHOWN = 200;
    private static final Pattern COPY =
            Pattern.compile("(?is)copy\\s+(?<table>(?:\"(?:[^\"]|\"\")+\"|[^\\s(\"])+).*\\bfrom\\s+stdin\\b.*");
    private static final Pattern INSERT =
            Pattern.compile("(?i)\\s*insert\\s+into\\s+((?:\"(?:[^\"]|\"\")+\"|[^\\s(\"])+)");
    private static final Pattern MISSING_ROLE = Pattern.compile("role \"(.+)\" does not exist");
    private static final Pattern DATABASE =
            Pattern.compile("(?is)alter\\s+database\\s+(\"(?:[^\"]|\"\")+\"|\\S+)\\s+(set\\s+(?!tablespace\\b).*)");
    private static final Pattern CONFORMING =
            Pattern.compile("(?is)set\\s+(?:session\\s+)?standard_conforming_strings\\s*(?:=|to)\\s*'?(\\w+)'?\\s*");
    private static final Pattern COPY_LINE = Pattern.compile("COPY .*?, line (\\d+)");

    private static final Pattern NUMBER = Pattern.compile("\\d{1,6}");

    /** Names that the server has not, by SQLState: of objects, tables, functions, schemas. */
    private static final Set<String> UNDEFINED = Set.of("42704", "42P01", "42883", "3F000", "42P06");

    private final DumpScanner scanner;
    private final String file;
    private final Progress progress;
    private final Set<String> notes = new LinkedHashSet<>();
    private final List<DumpScanner.Part.Sql> batch = new ArrayList<>();
    private final List<String> batched = new ArrayList<>();
    private int batchBytes;
    private DumpEncoding encoding = DumpEncoding.UTF8;
    private boolean extensionMissing;

    /** Told which table's rows come next. */
    interface Progress {
        void table(String table);
    }

    /** @param file as problems show it */
    PlainDump(DumpScanner scanner, String file, Progress progress) {
        this.scanner = scanner;
        this.file = file;
        this.progress = progress;
    }

    /**
     * Runs all of it.
     *
     * @return what is not as it was, for people
     * @throws InvalidScenarioException if the dump is damaged, or the server refuses a part of it
     * @throws SQLException if the server fails
     */
    List<String> run(Connection connection) throws InvalidScenarioException, SQLException, IOException {
        try {
            for (Optional<DumpScanner.Part> part = scanner.next(); part.isPresent(); part = scanner.next()) {
                switch (part.get()) {
                    case DumpScanner.Part.Command command -> command(command);
                    case DumpScanner.Part.Sql sql -> sql(sql, connection);
                }
            }
            flush(connection);
        } catch (DumpScanner.CutOffException cut) {
            throw cutOff(cut.getMessage());
        }
        if (scanner.lacksItsEnd()) {
            throw cutOff("has no \"PostgreSQL database dump complete\" at its end");
        }
        if (connection.unwrap(BaseConnection.class).getTransactionState() != TransactionState.IDLE) {
            throw cutOff("ends within a transaction");
        }
        return List.copyOf(notes);
    }

    private InvalidScenarioException cutOff(String how) {
        return problem(
                scanner.line(),
                1,
                "the dump is cut off: it " + how + " (byte %,d); make the dump again".formatted(scanner.offset()),
                "");
    }

    // ---- psql's own commands ------------------------------------------------------------------------------------

    private void command(DumpScanner.Part.Command command) throws InvalidScenarioException {
        String text = StandardCharsets.UTF_8
                .decode(command.text().duplicate())
                .toString()
                .strip();
        String name = text.split("\\s+", 2)[0];
        switch (name) {
            // Newer versions of pg_dump fence their dumps with these.
            case "\\restrict", "\\unrestrict" -> {}
            case "\\connect", "\\c" ->
                notes.add("the dump connects to a database of its own; it is restored into " + Snapshot.DATABASE);
            default ->
                throw problem(
                        command.line(),
                        1,
                        name + " is a command of psql, which is not used here; write what it does as SQL, or make the"
                                + " dump with pg_dump",
                        text);
        }
    }

    // ---- statements ---------------------------------------------------------------------------------------------

    private void sql(DumpScanner.Part.Sql part, Connection connection)
            throws InvalidScenarioException, SQLException, IOException {
        String sql;
        try {
            sql = encoding.decode(part.text());
        } catch (CharacterCodingException wrong) {
            throw problem(
                    part.line(),
                    1,
                    "the statement is not in " + encoding.name()
                            + ", the encoding of the dump; make the dump again with" + " pg_dump --encoding=UTF8",
                    "");
        }
        if (beginsWith(sql, "insert")) {
            insert(part, sql, connection);
            return;
        }
        flush(connection);
        Matcher copy = COPY.matcher(sql);
        if (beginsWith(sql, "copy") && copy.matches()) {
            copy(part, copy.group("table"), sql, connection);
        } else if (!understood(part, sql)) {
            execute(part, sql, connection);
        }
    }

    /** Whether the statement is for us, and not for the server. */
    private boolean understood(DumpScanner.Part.Sql part, String sql) throws InvalidScenarioException {
        Optional<String> named = DumpEncoding.set(sql);
        if (named.isPresent()) {
            encoding = DumpEncoding.named(named.get())
                    .orElseThrow(() -> problem(
                            part.line(),
                            1,
                            "the encoding " + named.get() + " is not read here; make the dump again with pg_dump"
                                    + " --encoding=UTF8",
                            sql));
            return true;
        }
        Matcher conforming = CONFORMING.matcher(sql);
        if (conforming.matches()) {
            scanner.backslashesEscape(conforming.group(1).equalsIgnoreCase("off"));
            return false;
        }
        if (beginsWith(sql, "create subscription") || beginsWith(sql, "alter subscription")) {
            notes.add("subscriptions are left out: a copy must not take what the publisher has for the original");
            return true;
        }
        boolean ofDatabase = beginsWith(sql, "create database")
                || beginsWith(sql, "drop database")
                || beginsWith(sql, "comment on database")
                || (beginsWith(sql, "grant") && sql.matches("(?is)grant\\s.*\\son\\s+database\\s.*"))
                || (beginsWith(sql, "revoke") && sql.matches("(?is)revoke\\s.*\\son\\s+database\\s.*"))
                || (beginsWith(sql, "alter database") && !DATABASE.matcher(sql).matches());
        if (ofDatabase) {
            notes.add("what the dump says of the database itself (its owner, grants, encoding) is left out");
        }
        return ofDatabase;
    }

    private static boolean beginsWith(String sql, String words) {
        return Pattern.compile("\\s*" + words.replace(" ", "\\s+") + "\\b", Pattern.CASE_INSENSITIVE)
                .matcher(sql)
                .lookingAt();
    }

    private void execute(DumpScanner.Part.Sql part, String sql, Connection connection)
            throws InvalidScenarioException, SQLException {
        Matcher database = DATABASE.matcher(sql);
        String meant = database.matches() ? "alter database " + Snapshot.DATABASE + " " + database.group(2) : sql;
        // As many as there may be roles in one grant.
        for (int tries = 0; tries < 100; tries++) {
            try (Statement statement = connection.createStatement()) {
                statement.setEscapeProcessing(false);
                statement.execute(meant);
                return;
            } catch (PSQLException failure) {
                if (!madeRole(failure, connection)) {
                    if (harmless(sql, failure)) {
                        return;
                    }
                    throw refused(part, meant, failure);
                }
            }
        }
        throw problem(part.line(), 1, "the statement needs more than 100 roles that are not there", title(sql));
    }

    /** In a transaction of the dump's the statement's failure has ended that, so that trying again would not help. */
    private boolean madeRole(PSQLException failure, Connection connection) throws SQLException {
        ServerErrorMessage message = failure.getServerErrorMessage();
        Matcher role =
                MISSING_ROLE.matcher(message == null || message.getMessage() == null ? "" : message.getMessage());
        boolean idle = connection.unwrap(BaseConnection.class).getTransactionState() == TransactionState.IDLE;
        if (!"42704".equals(failure.getSQLState()) || !idle || !role.matches()) {
            return false;
        }
        try (Statement statement = connection.createStatement()) {
            statement.execute("create role \"" + role.group(1).replace("\"", "\"\"") + "\" nologin");
        }
        notes.add("the role " + role.group(1) + " is made up for the restore; it cannot log in");
        return true;
    }

    /** Whether the database is good enough without the statement. */
    private boolean harmless(String sql, PSQLException failure) {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        String said = failure.getServerErrorMessage() == null
                ? ""
                : String.valueOf(failure.getServerErrorMessage().getMessage());
        if (beginsWith(sql, "create extension")) {
            if (state.equals("42710")) {
                return true;
            }
            if (Set.of("0A000", "58P01", "22023").contains(state)) {
                extensionMissing = true;
                notes.add("left out: " + title(sql) + " (" + said + ")");
                return true;
            }
            return false;
        }
        boolean setting = beginsWith(sql, "set") && Set.of("42704", "22023").contains(state);
        boolean dropping = sql.matches("(?is)(drop|alter\\s+table.*\\sdrop)\\s.*") && UNDEFINED.contains(state);
        boolean there = Set.of("42P06", "42710").contains(state)
                && sql.matches("(?is)create\\s+(schema|role|user|(or\\s+replace\\s+)?(procedural\\s+)?language)\\s.*");
        boolean statistics = state.equals("42883") && sql.matches("(?is)select\\s.*pg_restore_\\w+_stats\\(.*");
        boolean ofMissing = extensionMissing
                && UNDEFINED.contains(state)
                && (beginsWith(sql, "comment on extension")
                        || sql.matches("(?is)(grant|revoke|comment\\s+on|alter\\s.*\\sowner\\s+to)\\s.*"));
        if (setting || statistics || ofMissing) {
            notes.add("left out: " + title(sql) + " (" + said + ")");
        }
        return setting || dropping || there || statistics || ofMissing;
    }

    private void insert(DumpScanner.Part.Sql part, String sql, Connection connection)
            throws InvalidScenarioException, SQLException {
        batch.add(part);
        batched.add(sql);
        batchBytes += part.text().remaining();
        if (batch.size() >= BATCH || batchBytes >= BATCH_BYTES) {
            flush(connection);
        }
    }

    private void flush(Connection connection) throws InvalidScenarioException, SQLException {
        if (batch.isEmpty()) {
            return;
        }
        Matcher table = INSERT.matcher(batched.getLast());
        progress.table(table.lookingAt() ? table.group(1) : "rows");
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            for (String sql : batched) {
                statement.addBatch(sql);
            }
            statement.executeBatch();
        } catch (BatchUpdateException failure) {
            int failed = firstFailed(failure);
            if (failure.getCause() instanceof PSQLException cause) {
                throw refused(batch.get(failed), batched.get(failed), cause);
            }
            throw failure;
        } finally {
            batch.clear();
            batched.clear();
            batchBytes = 0;
        }
    }

    /** The driver says it in its message alone, in whatever language: the first number is the place in the batch. */
    private static int firstFailed(BatchUpdateException failure) {
        Matcher number = NUMBER.matcher(String.valueOf(failure.getMessage()));
        return number.find() ? Integer.parseInt(number.group()) : 0;
    }

    private void copy(DumpScanner.Part.Sql part, String table, String sql, Connection connection)
            throws InvalidScenarioException, SQLException, IOException {
        progress.table(table);
        CopyIn copy;
        try {
            copy = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(encoding.copyStatement(sql));
        } catch (PSQLException failure) {
            throw refused(part, sql, failure);
        }
        // The rows begin on the line behind the statement's last.
        long before = scanner.line();
        try {
            scanner.rows(copy::writeToCopy);
            copy.endCopy();
        } catch (DumpScanner.CutOffException cut) {
            throw cutOff("ends within the rows of " + table);
        } catch (PSQLException failure) {
            throw refusedRow(part, before, table, failure);
        } finally {
            if (copy.isActive()) {
                copy.cancelCopy();
            }
        }
    }

    // ---- what the server refuses --------------------------------------------------------------------------------

    private InvalidScenarioException refusedRow(
            DumpScanner.Part.Sql part, long before, String table, PSQLException failure) throws SQLException {
        ServerErrorMessage message = ofTheDump(failure);
        String where = message.getWhere() == null ? "" : message.getWhere();
        Matcher line = COPY_LINE.matcher(where);
        long row = line.find() ? Long.parseLong(line.group(1)) : 0;
        return problem(
                row > 0 ? before + row : part.line(),
                1,
                said(message)
                        + (where.isEmpty()
                                ? "; in the rows of " + table
                                : "; in " + where.lines().findFirst().get()),
                "");
    }

    private InvalidScenarioException refused(DumpScanner.Part.Sql part, String sql, PSQLException failure)
            throws SQLException {
        ServerErrorMessage message = ofTheDump(failure);
        int characters = Math.clamp(message.getPosition() - 1L, 0, sql.codePointCount(0, sql.length()));
        int end = sql.offsetByCodePoints(0, characters);
        int lineStart = sql.lastIndexOf('\n', end - 1) + 1;
        long line = part.line()
                + sql.substring(0, lineStart).chars().filter(c -> c == '\n').count();
        String sourceLine = sql.substring(lineStart).lines().findFirst().orElse("");
        int column = 1 + sql.codePointCount(lineStart, end);
        return problem(
                line,
                column > SHOWN ? 1 : column,
                said(message) + "; in: " + title(sql) + (extensionMissing ? " (" + String.join("; ", notes) + ")" : ""),
                sourceLine);
    }

    /** What is not the dump's fault goes on as it is: a lost connection, a full disk, no memory. */
    private static ServerErrorMessage ofTheDump(PSQLException failure) throws PSQLException {
        String state = failure.getSQLState() == null ? "" : failure.getSQLState();
        ServerErrorMessage message = failure.getServerErrorMessage();
        if (message == null || state.startsWith("57P") || state.startsWith("53") || state.startsWith("58")) {
            throw failure;
        }
        return message;
    }

    private static String said(ServerErrorMessage message) {
        return message.getMessage() + (message.getDetail() == null ? "" : " (" + message.getDetail() + ")");
    }

    private static String title(String sql) {
        String line = sql.substring(0, Math.min(sql.length(), SHOWN))
                .replaceAll("\\s+", " ")
                .strip();
        return line.length() <= 60 ? line : line.substring(0, 59) + "…";
    }

    private InvalidScenarioException problem(long line, int column, String message, String sourceLine) {
        String shown = sourceLine.length() <= SHOWN ? sourceLine : sourceLine.substring(0, SHOWN);
        return new InvalidScenarioException(List.of(new Problem(
                new SourceLocation(file, (int) Math.min(line, Integer.MAX_VALUE), column),
                "dataset.restore",
                message,
                shown)));
    }
}
