package dev.rehearsal.report;

import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.DatabaseVerdict;
import dev.rehearsal.verdict.Judge;
import dev.rehearsal.verdict.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.stream.Stream;

/** Every report of a run: what {@code harness rehearse} writes at its end and {@code harness report} writes again. */
public final class Reports {
    private Reports() {}

    /** What the reports say. */
    public record Written(RunRecord run, Verdict verdict) {}

    /**
     * Reads the run, judges it and writes all reports into its directory, over those that are there.
     *
     * @throws IOException if the run cannot be read, or the reports cannot be written
     */
    public static Written write(RunDirectory directory) throws IOException {
        try {
            RunRecord run = RunRecord.read(directory);
            Verdict verdict = Judge.judge(run);
            writeDatabases(directory, verdict);
            HdrLog.write(run, directory.latencyLog());
            replace(directory.junitXml(), JUnitXml.render(run, verdict));
            replace(directory.sarif(), Sarif.render(run, verdict, documentation()));
            replace(directory.codeQuality(), CodeQuality.render(run, verdict));
            replace(directory.summaryMarkdown(), Markdown.render(run, verdict));
            replace(directory.reportHtml(), Html.render(run, verdict));
            // Last, so that whoever waits for it finds the others there.
            replace(directory.resultJson(), Json.render(run, verdict));
            return new Written(run, verdict);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** Of each further database by itself, for people. Nothing for build servers, which would count its findings twice: the run's have them. */
    private static void writeDatabases(RunDirectory directory, Verdict verdict) throws IOException {
        for (DatabaseVerdict database : verdict.databases()) {
            Optional<DatabaseVerdict.Judged> judged = database.judged().filter(there -> database.number() > 1);
            if (judged.isPresent()) {
                RunDirectory own = directory.database(database.number());
                RunRecord run = judged.get().run();
                Verdict alone = judged.get().verdict();
                HdrLog.write(run, own.latencyLog());
                replace(own.reportHtml(), Html.render(run, alone));
                replace(own.resultJson(), Json.render(run, alone));
            }
        }
    }

    /** The manual that came with this harness, where the launcher says that it is. */
    private static Optional<String> documentation() {
        return Optional.ofNullable(System.getProperty("rehearsal.home")).flatMap(home -> explanations(Path.of(home)));
    }

    /**
     * Where kinds of findings are explained: the address that one's word in lower case is put behind. In the repository that is the page itself, in an
     * archive the one file with all pages.
     */
    static Optional<String> explanations(Path home) {
        return Stream.of(
                        new Place(home.resolve("reports").resolve("README.md"), "#"),
                        new Place(home.resolve("documentation.html"), "#reports/"))
                .filter(place -> Files.isRegularFile(place.file()))
                .map(place -> place.file().toAbsolutePath().normalize().toUri() + place.anchor())
                .findFirst();
    }

    private record Place(Path file, String anchor) {}

    /** By a move, so that a report is old or new and never half. */
    private static void replace(Path file, String text) throws IOException {
        Path next = file.resolveSibling("." + file.getFileName() + ".next");
        Files.writeString(next, text, StandardCharsets.UTF_8);
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING);
    }
}
