package dev.rehearsal.environment;

import dev.rehearsal.scenario.EnvironmentException;
import dev.rehearsal.scenario.PoolerSpec;
import java.nio.file.Path;

/** An image with a PgBouncer in it. */
record PgBouncerImage(String name, String id, PgBouncerVersion version) {
    private static final String PROGRAM = "pgbouncer";

    /** @throws EnvironmentException if it is none, or cannot do what the scenario wants */
    static PgBouncerImage of(
            PoolerSpec wanted, ContainerImages.Found image, EngineClient client, ContainerUser user, Path cache)
            throws EnvironmentException {
        String said = VersionInImage.of(
                PROGRAM,
                PgBouncerVersion.PATTERN,
                image,
                client,
                user,
                cache,
                ended -> new EnvironmentException(
                        "the image " + image.name() + " has no PgBouncer: '" + PROGRAM + " --version' in it ended with "
                                + ended.exitCode() + ": " + ended.output().strip(),
                        "Name one that has, in environment.pooler.image, or take --runtime local."));
        PgBouncerVersion version = PgBouncerVersion.in("PgBouncer " + said).orElseThrow();
        version.requireFor(wanted, image.name(), "name its image in environment.pooler.image");
        return new PgBouncerImage(image.name(), image.id(), version);
    }

    /**
     * To be started in a network, by its name there.
     *
     * @param client of the engine that has it
     */
    PoolerProgram in(ServerContainer.InNetwork network, EngineClient client) {
        return new Placed(this, network, client);
    }

    private record Placed(PgBouncerImage image, ServerContainer.InNetwork network, EngineClient client)
            implements PoolerProgram {
        @Override
        public String description() {
            return "PgBouncer " + image.version.text() + " in a container (" + image.name + ")";
        }

        @Override
        public RunningPooler start(PoolerConfiguration configuration) throws EnvironmentException {
            return PgBouncerContainer.start(client, image, network, configuration);
        }
    }
}
