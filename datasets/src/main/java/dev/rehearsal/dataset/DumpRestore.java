package dev.rehearsal.dataset;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.RestoreFormat;
import dev.rehearsal.scenario.RestoreSpec;
import dev.rehearsal.scenario.SourceLocation;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Fills an empty database from a dump, and leaves it as one that has been in use: frozen, analysed. */
final class DumpRestore {
    private static final int SESSIONS = 2;
    private static final List<String> SESSION_SETTINGS = List.of(
            "set client_min_messages = warning",
            "set maintenance_work_mem = '256MB'",
            "set synchronous_commit = off",
            "set statement_timeout = 0",
            "set lock_timeout = 0");

    private final RestoreSpec spec;
    private final BuildProgress progress;
    private Optional<RestoredFile> restored = Optional.empty();

    DumpRestore(RestoreSpec spec, BuildProgress progress) {
        this.spec = spec;
        this.progress = progress;
    }

    /** What was restored, once it was. */
    RestoredFile restored() {
        return restored.orElseThrow();
    }

    /** @return rows by table */
    Map<String, Long> load(String jdbcUrl)
            throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException {
        List<String> notes = new ArrayList<>();
        try (Sessions session = Sessions.open(jdbcUrl, 1, SESSION_SETTINGS)) {
            run(session, List.of(new Sessions.Job(Set.of(), connection -> notes.addAll(restore(connection)))));
        }
        // New sessions: a dump leaves settings behind, such as an empty search_path.
        try (Sessions sessions = Sessions.open(jdbcUrl, SESSIONS, SESSION_SETTINGS)) {
            progress.phase("freezing rows and gathering statistics");
            List<CatalogSchema.Counted> tables = CatalogSchema.tables(sessions.first());
            run(
                    sessions,
                    tables.stream()
                            .map(table -> statement("vacuum (freeze, analyze) " + table.sqlName()))
                            .toList());
            run(sessions, List.of(statement("vacuum (freeze)")));
            progress.phase("counting rows");
            Map<String, Long> rows = count(sessions, tables);
            restored = Optional.of(new RestoredFile(CatalogSchema.of(sessions.first(), rows), notes));
            return rows;
        }
    }

    private List<String> restore(Connection connection)
            throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException {
        String file = DatasetPlaces.shown(spec.source());
        if (spec.format() != RestoreFormat.ARCHIVE) {
            return restore(this::open, file, connection);
        }
        try (PgRestore archive = PgRestore.started(spec.source())) {
            try {
                List<String> notes =
                        restore(archive::sql, file + " (the lines that pg_restore makes of it)", connection);
                refuse(archive, file);
                return notes;
            } catch (InvalidScenarioException ofTheSql) {
                // What it could not read explains what it did not write.
                if (ofTheSql.getMessage().contains("cut off")) {
                    refuse(archive, file);
                }
                throw ofTheSql;
            }
        } catch (IOException failure) {
            throw new EnvironmentException(
                    "cannot run pg_restore on " + file + ": " + failure,
                    "check that the programs of PostgreSQL run here, or restore a plain dump",
                    failure);
        }
    }

    private static void refuse(PgRestore archive, String file)
            throws InvalidScenarioException, IOException, InterruptedException {
        Optional<String> trouble = archive.trouble();
        if (trouble.isPresent()) {
            throw new InvalidScenarioException(List.of(new Problem(
                    new SourceLocation(file, 1, 1),
                    "dataset.restore",
                    "pg_restore cannot read it: " + trouble.get(),
                    "")));
        }
    }

    /** Where SQL comes from. */
    private interface Source {
        InputStream open() throws IOException;
    }

    private List<String> restore(Source source, String file, Connection connection)
            throws InvalidScenarioException, EnvironmentException, SQLException {
        String[] told = {""};
        try (InputStream in = source.open()) {
            PlainDump dump = new PlainDump(new DumpScanner(in), file, table -> {
                if (!told[0].equals(table)) {
                    told[0] = table;
                    progress.phase("restoring " + table);
                }
            });
            return dump.run(connection);
        } catch (ZipException | EOFException damaged) {
            throw new InvalidScenarioException(List.of(new Problem(
                    new SourceLocation(file, 1, 1),
                    "dataset.restore",
                    "the compressed dump is damaged: " + damaged.getMessage() + "; gzip -t tells, make the dump again",
                    "")));
        } catch (IOException failure) {
            throw new EnvironmentException(
                    "cannot read " + file + ": " + failure, "make the file readable, and check its disk", failure);
        }
    }

    private InputStream open() throws IOException {
        InputStream file = Files.newInputStream(spec.source());
        try {
            BufferedInputStream buffered = new BufferedInputStream(file, 1 << 18);
            buffered.mark(2);
            boolean gzip = buffered.read() == 0x1f && buffered.read() == 0x8b;
            buffered.reset();
            return gzip ? new GZIPInputStream(buffered, 1 << 16) : buffered;
        } catch (IOException failure) {
            file.close();
            throw failure;
        }
    }

    private static Map<String, Long> count(Sessions sessions, List<CatalogSchema.Counted> tables)
            throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException {
        Map<String, Long> counted = new ConcurrentHashMap<>();
        run(
                sessions,
                tables.stream()
                        .map(table -> new Sessions.Job(
                                Set.of(),
                                connection -> counted.put(
                                        table.name(), number(connection, "select count(*) from " + table.sqlName()))))
                        .toList());
        Map<String, Long> rows = new LinkedHashMap<>();
        tables.forEach(table -> rows.put(table.name(), counted.get(table.name())));
        return rows;
    }

    private static Sessions.Job statement(String sql) {
        return new Sessions.Job(Set.of(), connection -> {
            try (Statement statement = connection.createStatement()) {
                statement.execute(sql);
            }
        });
    }

    private static long number(Connection connection, String query) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            row.next();
            return row.getLong(1);
        }
    }

    private static void run(Sessions sessions, List<Sessions.Job> jobs)
            throws InvalidScenarioException, EnvironmentException, SQLException, InterruptedException {
        try {
            sessions.run(jobs);
        } catch (InvalidScenarioException
                | EnvironmentException
                | SQLException
                | InterruptedException
                | RuntimeException known) {
            throw known;
        } catch (Exception unexpected) {
            throw new IllegalStateException(unexpected);
        }
    }
}
