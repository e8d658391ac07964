package dev.rehearsal.compare;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.LongToDoubleFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.commons.statistics.distribution.FDistribution;
import org.apache.commons.statistics.distribution.TDistribution;

/**
 * How a time grows with the number of rows: {@code time = factor × model(rows)}, where the data choose the model.
 *
 * <p>Noise of such times is proportional to them, so that all is done in logarithms: with {@code e = ln time − ln model(rows)}, the factor is the exponential of the mean
 * of {@code e}, and the model whose {@code e} scatters least is taken. A new measurement lies with {@value #CONFIDENCE} probability in {@code factor × model(rows) ×
 * exp(± t · s · √(1 + 1/n))}, with the standard deviation {@code s} of {@code e} (at least the relative error of the measurements themselves) and Student's t of {@code n − 1}
 * degrees of freedom: the usual prediction interval. A few measurements often leave more than one model possible, which are far apart at other sizes. So the interval reaches over
 * those of all models whose variance is not beyond the best one's by an F test at the same level. Where no growth is seen, it may be hidden under a part that is always the
 * same (a second of a busy disk): then the models include all sums of a constant and a linear part that the data leave possible. Of two measurements it is wide, and rightly so.
 *
 * @param factor nanoseconds for each unit of the model
 * @param scatter standard deviation of the logarithms
 * @param measured that it was made of
 */
public record Growth(Model model, double factor, double scatter, List<Measured> measured) {
    public static final double CONFIDENCE = 0.95;

    public Growth {
        measured = List.copyOf(measured);
    }

    public enum Model {
        CONSTANT("constant"),
        LINEAR("linear"),
        N_LOG_N("n·log n");

        private final String word;

        Model(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }

        double of(long rows) {
            return switch (this) {
                case CONSTANT -> 1;
                case LINEAR -> (double) rows;
                case N_LOG_N -> rows * Math.log((double) Math.max(2, rows));
            };
        }
    }

    /** Rows and time are above 0. */
    public record Measured(long rows, long nanos, long errorNanos) {}

    /** Nanoseconds; {@code low} and {@code high} with {@link #CONFIDENCE}. */
    public record Prediction(long rows, double nanos, double low, double high) {
        public boolean holds(double measuredNanos) {
            return measuredNanos >= low && measuredNanos <= high;
        }
    }

    /** @return empty if there are not two sizes */
    public static Optional<Growth> of(List<Measured> measured) {
        List<Measured> usable = measured.stream()
                .filter(one -> one.rows() > 0 && one.nanos() > 0)
                .toList();
        if (usable.stream().mapToLong(Measured::rows).distinct().count() < 2) {
            return Optional.empty();
        }
        return Stream.of(Model.values())
                .map(model -> {
                    Fit fit = Fit.of(model::of, usable);
                    return new Growth(model, fit.factor(), fit.scatter(), usable);
                })
                .min(Comparator.comparingDouble(Growth::scatter));
    }

    /** Some shape, made as large as the data want it. */
    private record Fit(LongToDoubleFunction shape, double factor, double scatter) {
        static Fit of(LongToDoubleFunction shape, List<Measured> measured) {
            double mean = measured.stream()
                    .mapToDouble(one -> Math.log(one.nanos() / shape.applyAsDouble(one.rows())))
                    .average()
                    .orElseThrow();
            double squares = measured.stream()
                    .mapToDouble(one -> Math.pow(Math.log(one.nanos() / shape.applyAsDouble(one.rows())) - mean, 2))
                    .sum();
            return new Fit(shape, Math.exp(mean), Math.sqrt(squares / (measured.size() - 1)));
        }
    }

    /** What another measurement at that size will be. */
    public Prediction at(long rows) {
        List<Prediction> plausible = Stream.concat(
                        Stream.of(Fit.of(model::of, measured)),
                        Stream.concat(Stream.of(Model.values()).map(other -> other::of), hidden())
                                .map((LongToDoubleFunction shape) -> Fit.of(shape, measured))
                                .filter(this::plausible))
                .map(fit -> alone(fit, rows))
                .toList();
        return new Prediction(
                rows,
                factor * model.of(rows),
                plausible.stream().mapToDouble(Prediction::low).min().orElseThrow(),
                plausible.stream().mapToDouble(Prediction::high).max().orElseThrow());
    }

    /** Sums of a constant and a linear part, where the data show a constant one. */
    private Stream<LongToDoubleFunction> hidden() {
        double smallest = measured.stream().mapToLong(Measured::rows).min().orElseThrow();
        return model == Model.CONSTANT
                ? IntStream.range(1, 20).mapToObj(i -> {
                    double linear = i / 20.0;
                    return rows -> (1 - linear) + linear * rows / smallest;
                })
                : Stream.empty();
    }

    private boolean plausible(Fit other) {
        double freedom = measured.size() - 1;
        double variances = Math.pow(other.scatter() / Math.max(scatter, Double.MIN_NORMAL), 2);
        return variances <= FDistribution.of(freedom, freedom).inverseSurvivalProbability(1 - CONFIDENCE);
    }

    private Prediction alone(Fit fit, long rows) {
        double instruments = measured.stream()
                .mapToDouble(one -> (double) one.errorNanos() / one.nanos())
                .average()
                .orElse(0);
        int n = measured.size();
        double t = TDistribution.of(n - 1).inverseSurvivalProbability((1 - CONFIDENCE) / 2);
        double distance = Math.exp(t * Math.max(fit.scatter(), instruments) * Math.sqrt(1 + 1.0 / n));
        double nanos = fit.factor() * fit.shape().applyAsDouble(rows);
        return new Prediction(rows, nanos, nanos / distance, nanos * distance);
    }

    /** How good such a prediction is: the largest size, predicted from the smaller ones. Empty if these are not two. */
    public Optional<Check> check() {
        long largest = measured.stream().mapToLong(Measured::rows).max().orElseThrow();
        List<Measured> smaller =
                measured.stream().filter(one -> one.rows() < largest).toList();
        double truth = measured.stream()
                .filter(one -> one.rows() == largest)
                .mapToLong(Measured::nanos)
                .average()
                .orElseThrow();
        return of(smaller).map(growth -> new Check(growth.model(), growth.at(largest), truth));
    }

    /** @param measuredNanos what it really was */
    public record Check(Model model, Prediction predicted, double measuredNanos) {
        /** Of the prediction, beside what was measured: 0.1 is a tenth too much. */
        public double error() {
            return predicted.nanos() / measuredNanos - 1;
        }
    }
}
