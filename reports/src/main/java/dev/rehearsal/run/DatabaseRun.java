package dev.rehearsal.run;

import dev.rehearsal.run.RunEvent.DatabaseMigrated;
import dev.rehearsal.run.RunEvent.DatabaseSchema;
import dev.rehearsal.scenario.SourceLocation;
import java.util.Optional;

/**
 * One of several databases that a migration is for, as it went there.
 *
 * @param number from 1
 * @param wave from 1, in which it was to be migrated
 * @param location where the scenario says that there are several
 * @param migration empty if the run ended before
 * @param rollback empty if there was none for it
 * @param schema after the migration; empty if the run ended before
 * @param run what was observed there; empty of the first, which the whole record is of, and of one that never began
 */
public record DatabaseRun(
        int number,
        int wave,
        SourceLocation location,
        Optional<DatabaseMigrated> migration,
        Optional<DatabaseMigrated> rollback,
        Optional<DatabaseSchema> schema,
        Optional<RunRecord> run) {}
