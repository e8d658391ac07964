package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PoolerSpec;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A PgBouncer of this machine. */
record PgBouncerProgram(Path path, PgBouncerVersion version, Privileges privileges, RunningRegistry registry)
        implements PoolerProgram {
    private static final String PROGRAM = "pgbouncer";

    /** Debian's package puts it where the PATH of other users than root does not lead. */
    private static final String SYSTEM_FOLDER = "/usr/sbin";

    private static final String REMEDY =
            "Install it (Debian: apt-get install pgbouncer), put it on the PATH, or leave environment.pooler away.";

    /**
     * The one that a scenario means.
     *
     * @param binaries the folder that the scenario names, if it does
     * @param path folders, as in {@code PATH}
     * @throws EnvironmentException if there is none, or it cannot do what the scenario wants
     */
    static PgBouncerProgram find(
            PoolerSpec wanted, Optional<Path> binaries, String path, Privileges privileges, RunningRegistry registry)
            throws EnvironmentException {
        Path found = found(binaries.map(folder -> folder + File.pathSeparator).orElse("") + path)
                .orElseThrow(() -> new EnvironmentException(
                        "environment.pooler: there is no " + PROGRAM + " on the PATH, nor in " + SYSTEM_FOLDER,
                        REMEDY));
        PgBouncerVersion version = version(found);
        version.requireFor(wanted, found.toString(), "put it first on the PATH");
        return new PgBouncerProgram(found, version, privileges, registry);
    }

    private static Optional<Path> found(String folders) {
        return Commands.find(PROGRAM, folders + File.pathSeparator + SYSTEM_FOLDER);
    }

    /** Whether there is one for scenarios that want a pooler; others do without. */
    static Check check(String path) {
        Optional<Path> found = found(path);
        if (found.isEmpty()) {
            return new Check.Cannot(
                    "pooler",
                    "no pgbouncer, which environment.pooler alone needs; on Debian: apt-get install pgbouncer");
        }
        try {
            return new Check.Ok("pooler", "PgBouncer " + version(found.get()).text() + " (" + found.get() + ")");
        } catch (EnvironmentException e) {
            return new Check.Cannot("pooler", e.getMessage() + "; environment.pooler alone needs one");
        }
    }

    private static PgBouncerVersion version(Path program) throws EnvironmentException {
        try {
            Commands.Result answer = Commands.run(List.of(program.toString(), "--version"));
            return PgBouncerVersion.in(answer.output())
                    .orElseThrow(() -> new EnvironmentException(
                            program + " is no PgBouncer: it says "
                                    + answer.lastLines().strip(),
                            REMEDY));
        } catch (IOException e) {
            throw new EnvironmentException(program + " cannot be run: " + e.getMessage(), REMEDY, e);
        }
    }

    @Override
    public String description() {
        return "PgBouncer " + version.text();
    }

    @Override
    public RunningPooler start(PoolerConfiguration configuration) throws EnvironmentException, IOException {
        return PgBouncerProcess.start(path, configuration, privileges, registry);
    }
}
