package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rehearsal.dataset.ApplicationPackages;
import dev.rehearsal.dataset.Snapshot;
import dev.rehearsal.documentation.Manual;
import dev.rehearsal.documentation.MarkdownPage;
import dev.rehearsal.documentation.MarkdownPage.Fence;
import dev.rehearsal.environment.LocalServer;
import dev.rehearsal.environment.TestCluster;
import dev.rehearsal.migration.tool.ToolAccess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/**
 * Every recipe of the documentation, rehearsed as it stands there, with fewer rows. Rails, Django and Alembic are the real ones: each first makes
 * production's schema on a server, which {@code pg_dump} then writes as the page says, rows of its history with it.
 */
@Tag("proof")
class RecipesTest {
    private static final Path APPLICATIONS = HarnessRun.ROOT.resolve("harness/src/test/recipes");
    private static final Path PYTHON = Path.of("target", "recipes", "python").toAbsolutePath();
    /** Older than the pg_dump of any distribution that we are tested on. */
    private static final int PRODUCTION = 14;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"flyway", "liquibase", "prisma"})
    void thoseWhoseMigrationsTheHarnessCarriesOutItself(String tool) throws IOException {
        placeFiles();

        assertAddsTheColumn(rehearsed(tool));
    }

    @Test
    void rails() throws Exception {
        assumeTrue(ApplicationPackages.isOnPath("ruby"), "no ruby");
        assumeTrue(ends(List.of("ruby", "-e", "require 'rails'; require 'pg'")), "no Rails, or no pg, for this ruby");
        place("rails");
        madeByProduction(
                List.of("bin/rails", "db:migrate", "VERSION=20261101120000"),
                Map.of("RAILS_ENV", "production"),
                List.of("schema_migrations", "ar_internal_metadata"));

        assertAddsTheColumn(rehearsed("rails"));
    }

    @Test
    void django() throws Exception {
        String python = python("python");
        place("django");
        Path settings = folder.resolve("shop/settings.py");
        Files.writeString(settings, Files.readString(folder.resolve("settings.py")), StandardOpenOption.APPEND);
        Map<String, String> environment = Map.of("DJANGO_SETTINGS_MODULE", "shop.settings");
        madeByProduction(
                List.of(python, "manage.py", "migrate", "shop", "0041", "--noinput"),
                environment,
                List.of("django_migrations"));

        put("rehearsal/django.yaml", "[ python,", "[ " + python + ",");
        assertAddsTheColumn(rehearsed("django"));
    }

    @Test
    void alembic() throws Exception {
        String alembic = python("alembic");
        place("alembic");
        madeByProduction(List.of(alembic, "upgrade", "41"), Map.of(), List.of("alembic_version"));

        put("rehearsal/alembic.yaml", "[ alembic,", "[ " + alembic + ",");
        assertAddsTheColumn(rehearsed("alembic"));
    }

    private static void assertAddsTheColumn(HarnessRun run) {
        run.assertPassed();
        assertThat(run.statements())
                .extracting(statement ->
                        statement.get("sql").asString().toLowerCase(Locale.ROOT).replace("\"", ""))
                .anyMatch(sql -> sql.matches("alter table (public\\.)?orders add (column )?region text( null)?;?"));
        JsonNode rollback = run.result().get("rollback");
        assertThat(rollback.get("schemaRestored").asBoolean()).as(run.told()).isTrue();
    }

    private HarnessRun rehearsed(String tool) {
        return HarnessRun.rehearse(
                folder.resolve("rehearsal").resolve(tool + ".yaml"),
                folder.resolve("run"),
                "--no-drills",
                "--set",
                "timeline.warmup=2s",
                "--set",
                "dataset.tables.orders.rows=20000",
                "--set",
                "dataset.tables.customers.rows=2000");
    }

    /** The application, and over it what the page shows. */
    private void place(String application) throws IOException {
        Path from = APPLICATIONS.resolve(application);
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path to = folder.resolve(from.relativize(file).toString());
                Files.createDirectories(to.getParent());
                Files.copy(file, to);
            }
        }
        placeFiles();
    }

    /** What the page shows with the name of a file. */
    private void placeFiles() throws IOException {
        for (MarkdownPage page : Manual.read(HarnessRun.ROOT).pages()) {
            if (page.path().endsWith("recipes.md")) {
                for (Fence fence : page.fences()) {
                    if (!fence.file().isEmpty()) {
                        Path file = folder.resolve(fence.file());
                        Files.createDirectories(file.getParent());
                        Files.writeString(file, fence.text());
                    }
                }
            }
        }
    }

    private void put(String file, String shown, String instead) throws IOException {
        String text = Files.readString(folder.resolve(file));
        assertThat(text).contains(shown);
        Files.writeString(folder.resolve(file), text.replace(shown, instead));
    }

    /** Has the tool migrate an empty database as production is, and writes its schema and the rows of the tool's tables where the page does. */
    private void madeByProduction(List<String> migrate, Map<String, String> environment, List<String> histories)
            throws Exception {
        Path data = TestCluster.clone(folder.resolve("production"), PRODUCTION);
        try (LocalServer server = TestCluster.servers(PRODUCTION).start(data, Map.of())) {
            String url = server.jdbcUrl(Snapshot.DATABASE);
            ToolAccess access = ToolAccess.of(url);
            Map<String, String> all = new HashMap<>(environment);
            all.put("PGHOST", access.host());
            all.put("PGPORT", access.port());
            all.put("PGDATABASE", access.database());
            all.put("PGUSER", access.user());
            all.put("PGPASSWORD", access.password());
            all.put(
                    "DATABASE_URL",
                    "postgresql://%s:%s@%s:%s/%s"
                            .formatted(
                                    access.user(), access.password(), access.host(), access.port(), access.database()));
            run(migrate, all);
            Path schema = folder.resolve("rehearsal/schema.sql");
            run(List.of("pg_dump", "--schema-only", "--no-owner", "--file", schema.toString()), all);
            List<String> rows = new ArrayList<>(List.of("pg_dump", "--data-only", "--inserts"));
            histories.forEach(table -> rows.add("--table=" + table));
            Path appended = folder.resolve("rows.sql");
            rows.addAll(List.of("--file", appended.toString()));
            run(rows, all);
            Files.writeString(schema, Files.readString(appended), StandardOpenOption.APPEND);
        }
    }

    /** A program of an environment of Python's that has the tools, made once and kept between builds. */
    private static String python(String program) throws Exception {
        assumeTrue(ApplicationPackages.isOnPath("python3"), "no python3");
        if (!Files.exists(PYTHON.resolve("complete"))) {
            assumeTrue(ends(List.of("python3", "-m", "venv", PYTHON.toString())), "no module venv for this python3");
            Path pip = PYTHON.resolve("bin/pip");
            Path wanted = APPLICATIONS.resolve("requirements.txt");
            assumeTrue(
                    ends(List.of(pip.toString(), "install", "--quiet", "--requirement", wanted.toString())),
                    "pip cannot install Django and Alembic");
            Files.createFile(PYTHON.resolve("complete"));
        }
        return PYTHON.resolve("bin").resolve(program).toString();
    }

    private void run(List<String> command, Map<String, String> environment) throws Exception {
        Path output = folder.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        boolean ended = process.waitFor(2, TimeUnit.MINUTES);
        process.destroyForcibly();
        assertThat(ended && process.exitValue() == 0)
                .as("%s: %s", command, Files.readString(output))
                .isTrue();
    }

    private static boolean ends(List<String> command) throws Exception {
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        boolean ended = process.waitFor(3, TimeUnit.MINUTES);
        process.destroyForcibly();
        return ended && process.exitValue() == 0;
    }
}
