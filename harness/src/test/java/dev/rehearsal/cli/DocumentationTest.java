package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.documentation.Manual;
import dev.rehearsal.documentation.MarkdownPage;
import dev.rehearsal.documentation.MarkdownPage.Fence;
import dev.rehearsal.scenario.InvalidScenarioException;
import dev.rehearsal.scenario.Problem;
import dev.rehearsal.scenario.Scenario;
import dev.rehearsal.scenario.ScenarioLoader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import tools.jackson.databind.ObjectMapper;

/** What the documentation shows can be typed in: its scenarios load, its commands and their options exist. */
class DocumentationTest {
    private static final Pattern CALL = Pattern.compile("^(?:\\$ )?(?:[\\w./]*/)?harness ([a-z-].*)$");
    private static final Pattern CONTINUED = Pattern.compile("^ {8,}(\\S.*)$");
    /** Placeholders, and the columns of a table of commands: what stands there is not typed in as it is. */
    private static final Pattern SYNOPSIS = Pattern.compile("…|\\b[A-Z]{2,}\\b| {2,}");

    private static final Set<String> PARTS = parts();

    /** The keys of a scenario, as its schema has them. */
    private static Set<String> parts() {
        try (InputStream schema = ScenarioLoader.class.getResourceAsStream("scenario.schema.json")) {
            return Set.copyOf(
                    new ObjectMapper().readTree(schema).get("properties").propertyNames());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What is wrong with a piece of a scenario because the rest of it is not there. */
    private static final List<String> OF_THE_REST = List.of(
            "no step is called",
            "'rate' is missing",
            "is not among the parameters",
            "the environment has no replica",
            "there is no replica",
            "does not exist",
            "cannot be read",
            "no such",
            "the dataset has no table",
            "the dataset has no column",
            "has no column",
            "neither the schema nor");

    @TempDir
    private Path folder;

    record Call(String page, String line) {
        @Override
        public String toString() {
            return page + ": " + line;
        }
    }

    /** Every line that calls the harness, and what continues it. */
    static List<Call> calls() throws IOException {
        List<Call> calls = new ArrayList<>();
        for (MarkdownPage page : Manual.read(HarnessRun.ROOT).pages()) {
            for (Fence fence : page.fences()) {
                if (Set.of("", "sh").contains(fence.language())) {
                    boolean following = false;
                    for (String line : fence.text().lines().toList()) {
                        Matcher call = CALL.matcher(line);
                        Matcher more = CONTINUED.matcher(line);
                        if (call.matches()) {
                            calls.add(new Call(page.path(), call.group(1)));
                            following = SYNOPSIS.matcher(line).find();
                        } else if (following && more.matches()) {
                            calls.add(new Call(page.path(), calls.removeLast().line() + "  " + more.group(1)));
                        } else {
                            following = false;
                        }
                    }
                }
            }
            for (String code : page.codes()) {
                Matcher call = CALL.matcher(code);
                if (call.matches()) {
                    calls.add(new Call(page.path(), call.group(1) + "  "));
                }
            }
        }
        return calls.stream().distinct().toList();
    }

    @Test
    void thereAreCommandsOfEveryKind() throws IOException {
        Set<String> shown =
                calls().stream().map(call -> words(call.line()).getFirst()).collect(Collectors.toSet());

        assertThat(shown).containsAll(Main.commandLine().getSubcommands().keySet());
    }

    @ParameterizedTest
    @MethodSource("calls")
    void everyCommandAndOptionExists(Call call) {
        assertThat(trouble(call.line())).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rehears x.yaml              | there is no command rehears",
                "rehearse x.yaml --fast      | Unknown option: '--fast'",
                "rehearse x.yaml --runtime   | Missing required parameter for option '--runtime' (RUNTIME)",
                "rehearse SCENARIO… run; --fast, --quiet | harness rehearse has no option --fast",
                "--fast                      | Unknown option: '--fast'",
                "clean --prune  # --fast     | none",
            })
    void seesWhatDoesNot(String line, String trouble) {
        assertThat(trouble(line).orElse("none")).isEqualTo(trouble);
    }

    private static Optional<String> trouble(String line) {
        String typed = line.replaceAll(" +#.*", "");
        List<String> words = words(typed);
        CommandLine harness = Main.commandLine();
        String first = words.getFirst();
        CommandLine command =
                first.startsWith("-") ? harness : harness.getSubcommands().get(first);
        if (command == null) {
            return Optional.of("there is no command " + first);
        }
        if (!SYNOPSIS.matcher(typed).find()) {
            try {
                harness.parseArgs(words.toArray(String[]::new));
                return Optional.empty();
            } catch (ParameterException e) {
                return Optional.of(e.getMessage());
            }
        }
        return words.stream()
                .map(word -> word.replaceAll("[,;:.)]+$|=.*", ""))
                .filter(word -> word.matches("--?[a-z].*"))
                .filter(option -> command.getCommandSpec().findOption(option) == null)
                .map(option -> command.getCommandSpec().qualifiedName() + " has no option " + option)
                .findFirst();
    }

    /** As a shell parts them, as far as the documentation needs it. */
    private static List<String> words(String line) {
        return Pattern.compile("'([^']*)'|(\\S+)")
                .matcher(line)
                .results()
                .map(match -> match.group(1) == null ? match.group(2) : match.group(1))
                .toList();
    }

    record Shown(MarkdownPage page, Fence fence) {
        @Override
        public String toString() {
            return page.path() + "#" + fence.section() + " " + fence.file();
        }

        boolean complete() {
            return keys().containsAll(Set.of("name", "dataset", "migration"));
        }

        Set<String> keys() {
            return fence.text()
                    .lines()
                    .filter(line -> line.matches("[A-Za-z_]+:.*"))
                    .map(line -> line.substring(0, line.indexOf(':')))
                    .collect(Collectors.toSet());
        }
    }

    private static Stream<Shown> yaml() throws IOException {
        return Manual.read(HarnessRun.ROOT).pages().stream()
                .flatMap(page -> page.fences().stream()
                        .filter(fence -> fence.language().equals("yaml"))
                        .map(fence -> new Shown(page, fence)));
    }

    static Stream<Shown> scenarios() throws IOException {
        return yaml().filter(Shown::complete);
    }

    static Stream<Shown> pieces() throws IOException {
        return yaml().filter(shown -> !shown.complete()
                && PARTS.containsAll(shown.keys())
                && !shown.keys().isEmpty());
    }

    /** What is to be typed into a shell is at least of its language. */
    @Test
    void everyShellPartParses() throws Exception {
        List<String> wrong = new ArrayList<>();
        for (MarkdownPage page : Manual.read(HarnessRun.ROOT).pages()) {
            for (Fence fence : page.fences()) {
                if (Set.of("sh", "bash").contains(fence.language())) {
                    Path script = Files.writeString(folder.resolve("shown.sh"), fence.text());
                    Process process = new ProcessBuilder("bash", "-n", script.toString())
                            .redirectErrorStream(true)
                            .start();
                    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                    if (process.waitFor() != 0) {
                        wrong.add(page.path() + ", " + fence.section() + ": " + said);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
    }

    @Test
    void everyToolHasARecipe() throws IOException {
        assertThat(scenarios().filter(shown -> shown.page().path().endsWith("recipes.md")))
                .extracting(shown -> shown.fence().section())
                .containsExactly("rails", "django", "flyway", "liquibase", "alembic", "prisma");
    }

    @ParameterizedTest
    @MethodSource("scenarios")
    void everyScenarioLoads(Shown shown) throws Exception {
        Path file = placed(shown);

        Scenario loaded = ScenarioLoader.load(file, Map.of());

        assertThat(shown.fence().text()).contains("name: " + loaded.name() + "\n");
    }

    /** With the files that the page shows beside it; one that is shown without a name lies where the examples do. */
    private Path placed(Shown shown) throws IOException {
        for (Fence fence : shown.page().fences()) {
            if (!fence.file().isEmpty()) {
                write(folder.resolve(fence.file()), fence.text());
            }
        }
        if (!shown.fence().file().isEmpty()) {
            return folder.resolve(shown.fence().file());
        }
        for (String file : List.of("datasets/catalog/shop/schema.sql", "datasets/catalog/shop/dataset.yaml")) {
            write(folder.resolve(file), Files.readString(HarnessRun.ROOT.resolve(file)));
        }
        Path beside = folder.resolve("scenarios/examples/shown");
        write(
                beside.resolve("backfill.sql"),
                Files.readString(HarnessRun.ROOT.resolve("scenarios/examples/02-add-column-phased/backfill.sql")));
        return write(beside.resolve("scenario.yaml"), shown.fence().text());
    }

    /** A piece of a scenario has no word that the language has not, with the rest made up. */
    @ParameterizedTest
    @MethodSource("pieces")
    void everyPieceIsOfTheLanguage(Shown shown) throws IOException {
        String rest = Stream.of(
                        "name: piece",
                        "dataset: { use: " + HarnessRun.ROOT.resolve("datasets/catalog/shop") + " }",
                        "migration: { steps: [ { name: backfill, sql: select 1 } ] }")
                .filter(line -> !shown.keys().contains(line.substring(0, line.indexOf(':'))))
                .collect(Collectors.joining("\n"));

        String source = "load/Checkout.java";
        write(
                folder.resolve(source),
                Files.readString(HarnessRun.ROOT
                        .resolve("scenarios/simulations/checkout")
                        .resolve(source)));

        List<String> problems =
                problems(write(folder.resolve("scenario.yaml"), shown.fence().text() + rest + "\n"));

        assertThat(problems)
                .filteredOn(problem -> OF_THE_REST.stream().noneMatch(problem::contains))
                .isEmpty();
    }

    private static List<String> problems(Path file) {
        try {
            ScenarioLoader.load(file, Map.of());
            return List.of();
        } catch (InvalidScenarioException e) {
            return e.problems().stream().map(Problem::message).toList();
        }
    }

    private static Path write(Path file, String text) throws IOException {
        Files.createDirectories(Optional.ofNullable(file.getParent()).orElseThrow());
        return Files.writeString(file, text);
    }
}
