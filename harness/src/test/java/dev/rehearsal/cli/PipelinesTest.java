package dev.rehearsal.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rehearsal.ChildJvms;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * The pipelines of {@code reports/ci} that users copy. What needs no service is done: the files are read, their shell parts are run as the build server
 * runs them, and what they refer to has to be there afterwards.
 */
class PipelinesTest {
    private static final Path CI = HarnessRun.ROOT.resolve("reports/ci");

    @TempDir
    private Path folder;

    enum Pipeline {
        GITHUB("github-actions.yml", "bash --noprofile --norc -e -o pipefail"),
        GITLAB("gitlab-ci.yml", "bash -eo pipefail"),
        JENKINS("Jenkinsfile", "sh -xe");

        private final String file;
        private final String shell;

        Pipeline(String file, String shell) {
            this.file = file;
            this.shell = shell;
        }

        /** As the build server starts it. */
        List<String> shell() {
            return Pattern.compile(" ").splitAsStream(shell).toList();
        }

        String text() throws IOException {
            return Files.readString(CI.resolve(file));
        }

        /** In their order; each is a script of its own. */
        List<String> scripts() throws IOException {
            return switch (this) {
                case GITHUB ->
                    steps().stream()
                            .filter(step -> step.containsKey("run"))
                            .map(step -> (String) step.get("run"))
                            .toList();
                case GITLAB ->
                    List.of(String.join(
                            "\n",
                            list(map(yaml(), "rehearse"), "script").stream()
                                    .map(String.class::cast)
                                    .toList()));
                case JENKINS ->
                    Pattern.compile("(?s)sh '''(.*?)'''")
                            .matcher(text())
                            .results()
                            .map(match -> match.group(1))
                            .toList();
            };
        }

        Map<String, String> variables() throws IOException {
            Map<String, String> variables = new HashMap<>();
            switch (this) {
                case GITHUB ->
                    map(map(map(yaml(), "jobs"), "rehearse"), "env")
                            .forEach((name, value) -> variables.put(name, String.valueOf(value)));
                case GITLAB ->
                    map(map(yaml(), "rehearse"), "variables")
                            .forEach((name, value) -> variables.put(name, String.valueOf(value)));
                case JENKINS -> {
                    for (MatchResult match : Pattern.compile("(?m)^ +([A-Z_]+) = '([^']*)'$")
                            .matcher(text())
                            .results()
                            .toList()) {
                        variables.put(match.group(1), match.group(2));
                    }
                }
            }
            variables.keySet().retainAll(List.of("SCENARIO", "HARNESS"));
            return variables;
        }

        Map<String, Object> yaml() throws IOException {
            @SuppressWarnings("unchecked")
            Map<String, Object> document = (Map<String, Object>)
                    new Load(LoadSettings.builder().setLabel(file).build()).loadFromString(text());
            return document;
        }

        @SuppressWarnings("unchecked")
        List<Map<String, Object>> steps() throws IOException {
            return list(map(map(yaml(), "jobs"), "rehearse"), "steps").stream()
                    .map(step -> (Map<String, Object>) step)
                    .toList();
        }
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Map<String, Object> in, String key) {
        assertThat(in).containsKey(key);
        return (Map<String, Object>) in.get(key);
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Map<String, Object> in, String key) {
        assertThat(in).containsKey(key);
        return (List<Object>) in.get(key);
    }

    @Test
    void githubsWorkflowHasTheFormOfOne() throws IOException {
        assertThat(Pipeline.GITHUB.yaml()).containsKeys("name", "on", "permissions", "jobs");
        for (Map<String, Object> step : Pipeline.GITHUB.steps()) {
            assertThat(step.containsKey("uses") ^ step.containsKey("run"))
                    .as(step.toString())
                    .isTrue();
            assertThat(List.of("name", "uses", "run", "with", "env", "if")).containsAll(step.keySet());
            if (step.get("uses") instanceof String action) {
                assertThat(action).matches("[\\w.-]+/[\\w./-]+@v\\d+");
            }
        }
        assertThat(Pipeline.GITHUB.text()).contains("rehearsal/sarif.json", "rehearsal/summary.md");
    }

    @Test
    void gitlabsJobHasTheFormOfOne() throws IOException {
        Map<String, Object> job = map(Pipeline.GITLAB.yaml(), "rehearse");

        assertThat(List.of("image", "rules", "timeout", "variables", "cache", "script", "artifacts", "allow_failure"))
                .containsAll(job.keySet());
        assertThat(map(map(job, "artifacts"), "reports"))
                .isEqualTo(Map.of("junit", "rehearsal/junit.xml", "codequality", "rehearsal/gl-code-quality.json"));
        assertThat(map(job, "allow_failure")).isEqualTo(Map.of("exit_codes", List.of(ExitCode.INCONCLUSIVE.number)));
    }

    @Test
    void jenkinsPipelineClosesWhatItOpens() throws IOException {
        String text = Pipeline.JENKINS.text().replaceAll("(?m)^\\s*//.*$", "");

        assertThat(text.strip()).startsWith("pipeline {").endsWith("}");
        assertThat(text.chars().filter(c -> c == '{').count())
                .isEqualTo(text.chars().filter(c -> c == '}').count());
        assertThat(text).contains("junit allowEmptyResults: true, testResults: 'rehearsal/junit.xml'");
    }

    @ParameterizedTest
    @EnumSource
    void shellPartsAreWellFormed(Pipeline pipeline) throws Exception {
        assertThat(pipeline.scripts()).isNotEmpty();
        for (String script : pipeline.scripts()) {
            Ran checked = run(List.of(pipeline.shell().getFirst(), "-n", "-c", script), folder, Map.of());

            assertThat(checked.exitCode()).as(checked.output()).isZero();
        }
    }

    /** With the real harness and a real server; {@code gh} and {@code git} are written down, because their other ends are not here. */
    @Tag("proof")
    @ParameterizedTest
    @EnumSource
    void shellPartsRehearse(Pipeline pipeline) throws Exception {
        Path repository = folder.resolve("repository");
        migration(repository);
        Map<String, String> environment = new HashMap<>(pipeline.variables());
        assertThat(environment).containsOnlyKeys("SCENARIO", "HARNESS");
        executable(
                repository.resolve(environment.get("HARNESS")),
                "exec '%s' \"$@\"".formatted(String.join("' '", ChildJvms.harness())));
        Path programs = folder.resolve("programs");
        executable(programs.resolve("gh"), "echo \"gh $*\" >>'" + folder.resolve("called") + "'");
        executable(programs.resolve("git"), "echo \"git $*\" >>'" + folder.resolve("called") + "'");
        environment.put("PATH", programs + File.pathSeparator + System.getenv("PATH"));
        environment.put("PULL_REQUEST", "7");
        environment.put("GITHUB_STEP_SUMMARY", folder.resolve("step-summary").toString());
        if (pipeline == Pipeline.GITHUB) {
            environment.put("GITHUB_ACTIONS", "true");
        }

        List<Ran> ran = new ArrayList<>();
        for (String script : pipeline.scripts()) {
            List<String> command = new ArrayList<>(pipeline.shell());
            command.add(Files.writeString(folder.resolve("script"), script).toString());
            ran.add(run(command, repository, environment));
        }

        String output = String.join("\n", ran.stream().map(Ran::output).toList());
        // A machine that others keep busy makes it inconclusive: the pipeline tells that as well.
        Map<String, ExitCode> codes = Map.of("failed", ExitCode.FAILED, "inconclusive", ExitCode.INCONCLUSIVE);
        String verdict = new HarnessRun(0, "", "", repository.resolve("rehearsal"))
                .result()
                .get("verdict")
                .asString();
        assertThat(codes).as(output).containsKey(verdict);
        assertThat(ran).as(output).anyMatch(one -> one.exitCode() == codes.get(verdict).number);
        for (String file : List.of("junit.xml", "sarif.json", "gl-code-quality.json", "summary.md", "report.html")) {
            assertThat(repository.resolve("rehearsal").resolve(file)).isNotEmptyFile();
        }
        assertThat(repository.resolve("rehearsal/sarif.json")).content().contains("\"uri\" : \"db/0001.sql\"");
        if (pipeline == Pipeline.GITHUB) {
            assertThat(output).containsPattern("(?m)^::(error|warning) file=db/0001.sql,line=2,");
            assertThat(folder.resolve("step-summary")).content().startsWith("## in-a-pipeline: " + verdict + "\n");
            assertThat(folder.resolve("called"))
                    .content()
                    .startsWith("gh pr comment 7 --body-file rehearsal/summary.md --edit-last\n");
        } else {
            assertThat(output).doesNotContainPattern("(?m)^::");
            assertThat(folder.resolve("step-summary")).doesNotExist();
        }
    }

    /** A migration that rewrites a table, which is not allowed. */
    private static void migration(Path repository) throws IOException {
        Path rehearsal = Files.createDirectories(repository.resolve("db/rehearsal"));
        Files.writeString(repository.resolve("db/0001.sql"), """
                -- a key that is too narrow
                alter table account alter column balance type bigint;
                """);
        Files.writeString(rehearsal.resolve("schema.sql"), """
                create table account (id int primary key, balance int not null);
                """);
        Files.writeString(rehearsal.resolve("dataset.yaml"), """
                name: accounts
                schema: schema.sql
                tables:
                  account:
                    rows: 2000
                    columns: { id: { sequence: 1 }, balance: { uniform: [0, 1000] } }
                """);
        Files.writeString(rehearsal.resolve("scenario.yaml"), """
                name: in-a-pipeline
                dataset: { use: . }
                environment: { runtime: local }
                workload:
                  services:
                    - name: bank
                      rate: 50/s
                      operations:
                        - name: read
                          parameters: { id: { references: account.id } }
                          transaction: select balance from account where id = :id
                migration:
                  steps:
                    - { name: widen, file: ../0001.sql }
                timeline: { warmup: 2s, baseline: 3s, settle: 1s }
                drills: []
                objectives:
                  - { rewrites: none }
                """);
    }

    private record Ran(int exitCode, String output) {}

    private static void executable(Path file, String script) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n" + script + "\n");
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private Ran run(List<String> command, Path in, Map<String, String> environment) throws Exception {
        Path output = Files.createTempFile(folder, "output", "");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("GITHUB_"));
        builder.environment().putAll(environment);
        Process process = builder.start();
        assertThat(process.waitFor(3, TimeUnit.MINUTES))
                .as("ends in time: " + command)
                .isTrue();
        return new Ran(process.exitValue(), Files.readString(output));
    }
}
