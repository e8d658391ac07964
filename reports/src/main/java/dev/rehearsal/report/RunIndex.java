package dev.rehearsal.report;

import dev.rehearsal.compare.Trend;
import dev.rehearsal.run.RunDirectory;
import dev.rehearsal.verdict.Quantities;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The page over all runs below a folder, {@code index.html}: by scenario, what was seen in the order of time, with the points at which a level changed. It is made
 * of each run's {@code result.json}, without judging again.
 *
 * @param trends by scenario
 * @param unread runs without a result, or with one that cannot be read, and why: sentences
 */
public record RunIndex(Path folder, List<Trend> trends, List<String> unread) {
    private static final String P99 = "response p99 during the migration";
    private static final String MAX = "slowest response during the migration";
    private static final String BASELINE = "response p99 in the baseline";
    private static final String HOLD = "AccessExclusive held, longest";
    private static final String TIME = "duration of the migration";
    private static final List<String> FIGURES = List.of(P99, MAX, HOLD, TIME, BASELINE);
    private static final int DEPTH = 4;

    public RunIndex {
        trends = List.copyOf(trends);
        unread = List.copyOf(unread);
    }

    /** @throws IOException if the folder cannot be read, or there is no run in it */
    public static RunIndex of(Path folder) throws IOException {
        Map<String, List<Trend.Point>> byScenario = new TreeMap<>();
        List<String> unread = new ArrayList<>();
        for (Path run : runs(folder)) {
            Path name = folder.relativize(run);
            RunDirectory directory = new RunDirectory(run);
            if (!Files.exists(directory.resultJson())) {
                unread.add(name + " has no result.json: it was killed, or is under way; harness report " + run
                        + " renders what there is.");
                continue;
            }
            try {
                Result result = Json.read(directory.resultJson());
                byScenario
                        .computeIfAbsent(result.run().scenario(), scenario -> new ArrayList<>())
                        .add(point(name, result));
            } catch (IOException | DateTimeParseException e) {
                unread.add(name + " cannot be read: " + e.getMessage());
            }
        }
        if (byScenario.isEmpty() && unread.isEmpty()) {
            throw new IOException(folder + " has no run in it");
        }
        return new RunIndex(
                folder,
                byScenario.entrySet().stream()
                        .map(entry -> Trend.of(entry.getKey(), entry.getValue()))
                        .toList(),
                unread);
    }

    /** Links such as {@code latest} are not followed: every run is there once. */
    private static List<Path> runs(Path folder) throws IOException {
        List<Path> runs = new ArrayList<>();
        Files.walkFileTree(folder, java.util.Set.of(), DEPTH, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
                // The runs of a sweep differ on purpose.
                if (Files.exists(directory.resolve("sweep.json"))) {
                    return FileVisitResult.SKIP_SUBTREE;
                }
                if (Files.exists(new RunDirectory(directory).events())) {
                    runs.add(directory);
                    return FileVisitResult.SKIP_SUBTREE;
                }
                return FileVisitResult.CONTINUE;
            }
        });
        runs.sort(null);
        return runs;
    }

    private static Trend.Point point(Path name, Result result) {
        Map<String, Double> figures = new LinkedHashMap<>();
        put(figures, P99, worst(result, "migration", Result.Durations::p99));
        put(figures, MAX, worst(result, "migration", Result.Durations::max));
        put(figures, BASELINE, worst(result, "baseline", Result.Durations::p99));
        put(figures, HOLD, hold(result));
        put(figures, TIME, migrationMillis(result));
        return new Trend.Point(
                Instant.parse(result.run().startedAt()),
                name.toString(),
                conditions(result),
                result.verdict(),
                figures);
    }

    private static void put(Map<String, Double> figures, String name, OptionalDouble value) {
        if (value.isPresent()) {
            figures.put(name, value.getAsDouble());
        }
    }

    private static OptionalDouble worst(
            Result result, String kind, java.util.function.Function<Result.Durations, OptionalDouble> quantile) {
        return result.stages().stream()
                .filter(stage -> stage.kind().equals(kind))
                .flatMap(stage -> stage.operations().stream())
                .map(operation -> quantile.apply(operation.response()))
                .filter(OptionalDouble::isPresent)
                .mapToDouble(OptionalDouble::getAsDouble)
                .max();
    }

    private static Stream<Result.Step> migration(Result result) {
        return result.steps().stream()
                .filter(step ->
                        step.phase().equals("migration") && !step.status().equals("skipped"));
    }

    private static OptionalDouble hold(Result result) {
        return migration(result)
                .flatMap(step -> step.statements().stream())
                .flatMap(statement -> statement.locks().stream())
                .filter(lock -> lock.mode().equals("AccessExclusive") && !lock.ownRelation())
                .mapToDouble(Result.Lock::heldMillis)
                .max();
    }

    private static OptionalDouble migrationMillis(Result result) {
        OptionalDouble from =
                migration(result).mapToDouble(Result.Step::startMillis).min();
        OptionalDouble to =
                migration(result).mapToDouble(Result.Step::endMillis).max();
        return from.isPresent() && to.isPresent()
                ? OptionalDouble.of(to.getAsDouble() - from.getAsDouble())
                : OptionalDouble.empty();
    }

    private static Map<String, String> conditions(Result result) {
        Map<String, String> conditions = new TreeMap<>();
        result.dataset().ifPresent(dataset -> conditions.put("dataset", dataset.fingerprint()));
        result.environment().ifPresent(environment -> {
            conditions.put("server", environment.engine() + " " + environment.version());
            conditions.put("runtime", environment.runtime());
            conditions.put("replicas", String.valueOf(environment.replicas()));
            conditions.put("settings", environment.settings().toString());
            conditions.put("processors", String.valueOf(environment.host().cpus()));
            conditions.put("memory", Quantities.bytes(environment.host().memoryBytes()));
        });
        conditions.put(
                "arrivals",
                result.run().arrivals() + " "
                        + String.format(Locale.ROOT, "%.1f/s", result.run().arrivalsPerSecond()));
        return conditions;
    }

    /** The whole page; its links are relative to the folder. */
    public String html() {
        List<IndexPage.Scenario> scenarios = new ArrayList<>();
        List<IndexPage.Chart> charts = new ArrayList<>();
        for (Trend trend : trends) {
            List<String> sentences = sentences(trend);
            List<IndexPage.Run> runs = new ArrayList<>();
            for (int i = trend.points().size() - 1; i >= 0; i--) {
                Trend.Point point = trend.points().get(i);
                runs.add(new IndexPage.Run(
                        time(point.at()),
                        FileReference.uri(point.run() + "/report.html"),
                        point.verdict(),
                        FIGURES.stream()
                                .map(figure -> point.figures().containsKey(figure)
                                        ? Quantities.duration(
                                                Math.round(point.figures().get(figure) * 1e6))
                                        : "–")
                                .toList()));
            }
            List<String> ids = new ArrayList<>();
            for (String figure : FIGURES) {
                if (trend.points().stream().anyMatch(point -> point.figures().containsKey(figure))) {
                    ids.add("chart-" + charts.size());
                    charts.add(chart(trend, figure, "chart-" + charts.size()));
                }
            }
            scenarios.add(
                    new IndexPage.Scenario(trend.scenario(), Conclusion.of(trend), sentences, ids, FIGURES, runs));
        }
        return Pages.render(
                "index.jte",
                Map.of(
                        "page",
                        new IndexPage(scenarios, unread),
                        "inlined",
                        Inlined.with(new IndexPage.Data(charts), "index")));
    }

    private static IndexPage.Chart chart(Trend trend, String figure, String id) {
        return new IndexPage.Chart(
                id,
                figure,
                trend.points().stream()
                        .map(point -> new IndexPage.Dot(
                                time(point.at()),
                                point.verdict(),
                                point.figures().containsKey(figure)
                                        ? OptionalDouble.of(point.figures().get(figure))
                                        : OptionalDouble.empty()))
                        .toList(),
                trend.changePoints().stream()
                        .filter(change -> change.figure().equals(figure))
                        .map(Trend.ChangePoint::point)
                        .toList(),
                trend.conditionsChanged());
    }

    /** What changed when, the latest first; that nothing did, if nothing did. */
    private static List<String> sentences(Trend trend) {
        record Told(int point, String words) {}
        List<Told> told = new ArrayList<>();
        for (Trend.ChangePoint change : trend.changePoints()) {
            told.add(new Told(
                    change.point(),
                    "From " + time(trend.points().get(change.point()).at()) + " on: " + change.figure() + " went from "
                            + Quantities.duration(Math.round(change.before() * 1e6)) + " to "
                            + Quantities.duration(Math.round(change.after() * 1e6))
                            + " (medians; probability by chance "
                            + String.format(Locale.ROOT, "%.4f", change.probability()) + ")."));
        }
        for (int changed : trend.conditionsChanged()) {
            told.add(new Told(
                    changed,
                    "At " + time(trend.points().get(changed).at()) + " the conditions changed: "
                            + trend.conditionsChangedTo(changed) + "."));
        }
        told.sort((a, b) -> Integer.compare(b.point(), a.point()));
        List<String> sentences = new ArrayList<>(told.stream().map(Told::words).toList());
        if (trend.changePoints().isEmpty()) {
            sentences.add(
                    trend.points().size() < 8
                            ? "A change of level can be told from eight runs on; here are "
                                    + trend.points().size() + "."
                            : "No change of level that chance does not explain.");
        }
        return sentences;
    }

    /** In UTC, to the second. */
    static String time(Instant at) {
        return at.truncatedTo(ChronoUnit.SECONDS).toString().replace('T', ' ').replace("Z", " UTC");
    }
}
