package dev.rehearsal.migration.tool;

import dev.rehearsal.scenario.Foreseen;
import dev.rehearsal.scenario.Step;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.Location;
import org.flywaydb.core.api.MigrationVersion;
import org.flywaydb.core.api.ResourceProvider;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.flywaydb.core.api.resource.LoadableResource;
import org.flywaydb.core.internal.resource.filesystem.FileSystemResource;

/**
 * Flyway, which is shown the scripts that are applied already and the one that is to be. So it applies one, and checks the others as it would in
 * production.
 */
final class FlywayTool implements MigrationTool {
    private static final String FILES = "filesystem:";

    private final Step.FlywayStep step;

    FlywayTool(Step.FlywayStep step) {
        this.step = step;
    }

    @Override
    public void run(ToolAccess access) throws ToolFailureException, InterruptedException {
        try {
            Flyway flyway = configured(access).load();
            switch (step.action()) {
                case APPLY -> flyway.migrate();
                case MARK -> mark(flyway, access);
                case TAKE_BACK -> throw new IllegalStateException("Flyway takes nothing back");
            }
        } catch (FlywayException e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw ToolFailureException.of("Flyway", e);
        }
    }

    private FluentConfiguration configured(ToolAccess access) {
        Map<String, String> settings = new LinkedHashMap<>(step.source().configuration());
        // A dataset is made of a schema and seldom has Flyway's history; what is to be applied is chosen already.
        settings.putIfAbsent("flyway.baselineOnMigrate", "true");
        settings.putIfAbsent("flyway.baselineVersion", "0");
        return Flyway.configure()
                .loggers("slf4j")
                .configuration(settings)
                .locations(step.source().locations().stream()
                        .map(path -> FILES + path)
                        .toArray(String[]::new))
                .dataSource(access.jdbcUrl(), access.user(), access.password())
                // A branch may add one with a version before another's; what is to be rehearsed is chosen already.
                .outOfOrder(true)
                .cleanDisabled(true)
                .resourceProvider(new Scripts(step.source().locations(), step.scripts()));
    }

    /** Unless the dataset has a history of its own. */
    private void mark(Flyway flyway, ToolAccess access) {
        if (flyway.info().applied().length > 0) {
            return;
        }
        String name = step.scripts().getLast().getFileName().toString();
        String version = name.substring(1, name.indexOf("__"));
        configured(access)
                .baselineVersion(MigrationVersion.fromVersion(version))
                .load()
                .baseline();
    }

    /** The script as it stands: Flyway does nothing to it, unless it fills in placeholders. */
    @Override
    public Foreseen foreseen(ToolAccess access) {
        return step.read().map(Foreseen::certain).orElseGet(Foreseen::nothing);
    }

    @Override
    public List<String> books() {
        return List.of(step.source().configuration().getOrDefault("flyway.table", "flyway_schema_history"));
    }

    /** Some of the scripts that there are. */
    private record Scripts(List<Path> locations, List<Path> shown) implements ResourceProvider {
        @Override
        public LoadableResource getResource(String name) {
            return shown.stream()
                    .filter(path -> path.endsWith(name))
                    .map(this::resource)
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public Collection<LoadableResource> getResources(String prefix, String[] suffixes) {
            return shown.stream()
                    .filter(path -> path.getFileName().toString().startsWith(prefix))
                    .filter(path ->
                            Arrays.stream(suffixes).anyMatch(path.getFileName().toString()::endsWith))
                    .map(this::resource)
                    .toList();
        }

        private LoadableResource resource(Path path) {
            Path location = locations.stream()
                    .filter(path::startsWith)
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(path + " is in none of the locations"));
            return new FileSystemResource(
                    Location.fromPath(FILES, location.toString()), path.toString(), StandardCharsets.UTF_8, false);
        }
    }
}
