package dev.rehearsal.compare;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.commons.rng.UniformRandomProvider;
import org.apache.commons.rng.sampling.PermutationSampler;
import org.apache.commons.rng.simple.RandomSource;
import org.apache.commons.statistics.descriptive.Median;
import org.apache.commons.statistics.ranking.NaturalRanking;

/**
 * Runs of one scenario in the order of time, and where the level of a figure changed.
 *
 * <p>A change point is where a series falls into two parts that chance does not make. For each place at which it could be cut, with at least {@value #LEAST} runs on
 * either side, the rank sum of the earlier part is standardised (Mann–Whitney; ranks, so that one odd run moves nothing). The largest of them is compared with
 * the largest in {@value #SHUFFLES} shufflings of the same figures, which accounts for having looked at every place. If fewer than {@value #LEVEL} of these reach it, the series is
 * cut there, and both parts are looked at again (binary segmentation); in the end each cut has to be found again between its neighbours. The cut itself is where the
 * absolute deviations from the medians of the two parts are least. The shufflings come from a fixed seed: the same runs give the same points.
 *
 * <p>Runs under other conditions are not of one series: where the dataset, the machine, the server or the traffic changed, that is told, and the search for change
 * points begins anew.
 */
public record Trend(
        String scenario, List<Point> points, List<Integer> conditionsChanged, List<ChangePoint> changePoints) {
    private static final int LEAST = 4;
    private static final int SHUFFLES = 4999;
    private static final double LEVEL = 0.01;
    private static final int MOST_ROUNDS = 10;
    private static final long SEED = 20_261_128;

    public Trend {
        points = List.copyOf(points);
        conditionsChanged = List.copyOf(conditionsChanged);
        changePoints = List.copyOf(changePoints);
    }

    /**
     * One run.
     *
     * @param run where it is, relative to the page
     * @param conditions what has to be the same for two runs to be of one series, in words
     * @param verdict {@code passed}, {@code failed} or {@code inconclusive}
     * @param figures by name, those that could be observed
     */
    public record Point(
            Instant at, String run, Map<String, String> conditions, String verdict, Map<String, Double> figures) {
        public Point {
            conditions = Map.copyOf(conditions);
            figures = Map.copyOf(figures);
        }
    }

    /**
     * @param point index of the first run on the new level
     * @param before median of the runs from the last change to this one; {@code after} likewise to the next
     * @param probability that chance makes such a change
     */
    public record ChangePoint(String figure, int point, double before, double after, double probability) {}

    /** @param points in any order */
    public static Trend of(String scenario, List<Point> points) {
        List<Point> sorted =
                points.stream().sorted((a, b) -> a.at().compareTo(b.at())).toList();
        List<Integer> changed = new ArrayList<>();
        for (int i = 1; i < sorted.size(); i++) {
            if (!sorted.get(i).conditions().equals(sorted.get(i - 1).conditions())) {
                changed.add(i);
            }
        }
        Set<String> figures = new LinkedHashSet<>();
        sorted.forEach(point -> figures.addAll(new TreeMap<>(point.figures()).keySet()));
        List<ChangePoint> found = new ArrayList<>();
        for (String figure : figures) {
            int from = 0;
            for (int i = 0; i <= changed.size(); i++) {
                int to = i < changed.size() ? changed.get(i) : sorted.size();
                found.addAll(search(figure, sorted, from, to));
                from = to;
            }
        }
        return new Trend(scenario, sorted, changed, found);
    }

    /** What is not the same as in the run before, in words. */
    public String conditionsChangedTo(int point) {
        Map<String, String> before = points.get(point - 1).conditions();
        Map<String, String> now = points.get(point).conditions();
        Set<String> names = new LinkedHashSet<>(new TreeMap<>(before).keySet());
        names.addAll(new TreeMap<>(now).keySet());
        List<String> words = new ArrayList<>();
        for (String name : names) {
            String old = Optional.ofNullable(before.get(name)).orElse("–");
            String other = Optional.ofNullable(now.get(name)).orElse("–");
            if (!old.equals(other)) {
                words.add(name + " " + old + " → " + other);
            }
        }
        return String.join("; ", words);
    }

    private static List<ChangePoint> search(String figure, List<Point> points, int from, int to) {
        List<Integer> indexes = new ArrayList<>();
        for (int i = from; i < to; i++) {
            if (points.get(i).figures().containsKey(figure)) {
                indexes.add(i);
            }
        }
        double[] values = indexes.stream()
                .mapToDouble(i -> points.get(i).figures().get(figure))
                .toArray();
        List<Cut> found = new ArrayList<>();
        cut(values, 0, values.length, found);
        found.sort((a, b) -> Integer.compare(a.at(), b.at()));
        List<Cut> cuts = refined(values, found);
        List<ChangePoint> changes = new ArrayList<>();
        for (int i = 0; i < cuts.size(); i++) {
            int start = i == 0 ? 0 : cuts.get(i - 1).at();
            int end = i == cuts.size() - 1 ? values.length : cuts.get(i + 1).at();
            int at = cuts.get(i).at();
            changes.add(new ChangePoint(
                    figure,
                    indexes.get(at),
                    Median.withDefaults().evaluate(Arrays.copyOfRange(values, start, at)),
                    Median.withDefaults().evaluate(Arrays.copyOfRange(values, at, end)),
                    cuts.get(i).probability()));
        }
        return changes;
    }

    private record Cut(int at, double probability) {}

    private record Largest(int at, double statistic) {}

    private static void cut(double[] values, int from, int to, List<Cut> cuts) {
        Optional<Cut> best = best(values, from, to);
        if (best.isPresent()) {
            cuts.add(best.get());
            cut(values, from, best.get().at(), cuts);
            cut(values, best.get().at(), to, cuts);
        }
    }

    /** Each is looked for again between its neighbours, and goes if it is not found there: the first cuts were made through more than one level. */
    private static List<Cut> refined(double[] values, List<Cut> cuts) {
        List<Cut> refined = new ArrayList<>(cuts);
        for (int round = 0; round < MOST_ROUNDS; round++) {
            List<Cut> before = List.copyOf(refined);
            for (int i = 0; i < refined.size(); i++) {
                int from = i == 0 ? 0 : refined.get(i - 1).at();
                int to = i == refined.size() - 1
                        ? values.length
                        : refined.get(i + 1).at();
                Optional<Cut> again = best(values, from, to);
                if (again.isPresent()) {
                    refined.set(i, again.get());
                } else {
                    refined.remove(i--);
                }
            }
            if (before.equals(refined)) {
                return refined;
            }
        }
        return refined;
    }

    /** The place at which the values from {@code from} to {@code to} fall apart; empty if chance explains it. */
    private static Optional<Cut> best(double[] values, int from, int to) {
        if (to - from < 2 * LEAST) {
            return Optional.empty();
        }
        double[] ranks = new NaturalRanking().apply(Arrays.copyOfRange(values, from, to));
        Largest largest = largest(ranks);
        UniformRandomProvider random = RandomSource.XO_RO_SHI_RO_128_PP.create(SEED);
        int reached = 1;
        double[] shuffled = ranks.clone();
        int[] order = PermutationSampler.natural(ranks.length);
        for (int i = 0; i < SHUFFLES; i++) {
            PermutationSampler.shuffle(random, order);
            for (int k = 0; k < order.length; k++) {
                shuffled[k] = ranks[order[k]];
            }
            if (largest(shuffled).statistic() >= largest.statistic() - 1e-9) {
                reached++;
            }
        }
        double probability = (double) reached / (SHUFFLES + 1);
        return probability < LEVEL ? Optional.of(new Cut(located(values, from, to), probability)) : Optional.empty();
    }

    /** Ranks tell that there are two levels, and prefer the middle; where one ends and the other begins, the values tell: least absolute deviations. */
    private static int located(double[] values, int from, int to) {
        int best = from + LEAST;
        double least = Double.MAX_VALUE;
        for (int at = from + LEAST; at <= to - LEAST; at++) {
            double deviation = deviation(values, from, at) + deviation(values, at, to);
            if (deviation < least) {
                least = deviation;
                best = at;
            }
        }
        return best;
    }

    private static double deviation(double[] values, int from, int to) {
        double[] part = Arrays.copyOfRange(values, from, to);
        double median = Median.withDefaults().evaluate(part);
        return Arrays.stream(part).map(value -> Math.abs(value - median)).sum();
    }

    private static Largest largest(double[] ranks) {
        int best = LEAST;
        double highest = -1;
        double sum = 0;
        for (int at = 1; at <= ranks.length - LEAST; at++) {
            sum += ranks[at - 1];
            if (at >= LEAST && statistic(sum, ranks.length, at) > highest) {
                highest = statistic(sum, ranks.length, at);
                best = at;
            }
        }
        return new Largest(best, highest);
    }

    /** Distance of the rank sum of the first {@code at} from what it is on average, in its standard deviations (without ties). */
    private static double statistic(double sum, int length, int at) {
        double mean = at * (length + 1) / 2.0;
        return Math.abs(sum - mean) / Math.sqrt((double) at * (length - at) * (length + 1) / 12);
    }
}
