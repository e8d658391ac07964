package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.Position;
import dev.rehearsal.scenario.yaml.YamlNode;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * A value of the file, on its way to becoming a part of a record.
 *
 * <p>Every reading method either returns what the file says, or reports a problem and returns the stand-in it was given. So a reader goes
 * on to the end of the file and finds everything that is wrong with it; the loader throws afterwards if there was any problem, and no
 * stand-in ever leaves it.
 */
final class Value {
    static final String NOT_SUPPORTED = "is not supported by this version of the harness";
    static final Duration LONGEST = Duration.ofHours(24);

    private static final int SHOWN = 40;

    private final YamlNode node;
    private final String path;
    private final Problems problems;

    Value(YamlNode node, String path, Problems problems) {
        this.node = node;
        this.path = path;
        this.problems = problems;
    }

    String path() {
        return path;
    }

    YamlNode node() {
        return node;
    }

    Problems problems() {
        return problems;
    }

    SourceLocation location() {
        return location(node.position());
    }

    static SourceLocation location(Position position) {
        return new SourceLocation(position.source(), position.line(), position.column());
    }

    void problem(String message) {
        problems.add(location(), path, message);
    }

    /** What stands there, short enough for a message. */
    String shown() {
        return switch (node) {
            case YamlNode.Mapping mapping -> "a mapping";
            case YamlNode.Sequence sequence -> "a list";
            case YamlNode.Scalar scalar -> scalar.isNothing() ? "nothing" : shorten(scalar.value());
        };
    }

    static String shorten(String text) {
        String line = text.lines().findFirst().orElse("");
        boolean cut = line.length() < text.stripTrailing().length();
        if (line.codePointCount(0, line.length()) > SHOWN) {
            line = line.substring(0, line.offsetByCodePoints(0, SHOWN));
            cut = true;
        }
        return line.isEmpty() ? "''" : line + (cut ? "…" : "");
    }

    /** The text of a scalar that is something. */
    Optional<String> scalar() {
        return node instanceof YamlNode.Scalar scalar && !scalar.isNothing()
                ? Optional.of(scalar.value())
                : Optional.empty();
    }

    String text(String advice) {
        Optional<String> text = scalar();
        if (text.isEmpty()) {
            problem("must be a text, got " + shown() + "; " + advice);
        }
        return text.orElse("");
    }

    /** A text that a rule must hold for. */
    String text(Predicate<String> rule, String expected) {
        Optional<String> text = scalar();
        if (text.isEmpty() || !rule.test(text.get())) {
            problem("must be " + expected + ", got " + shown());
        }
        return text.orElse("");
    }

    long whole(long minimum, long maximum, long standIn) {
        Optional<Quantity> quantity = scalar().flatMap(Quantity::parse);
        if (quantity.isEmpty()
                || !quantity.get().unit().isEmpty()
                || !isWhole(quantity.get().amount())) {
            problem("must be a whole number, got " + shown());
            return standIn;
        }
        BigDecimal amount = quantity.get().amount();
        if (amount.compareTo(BigDecimal.valueOf(minimum)) < 0 || amount.compareTo(BigDecimal.valueOf(maximum)) > 0) {
            problem(range(minimum, maximum) + ", got " + shown());
            return standIn;
        }
        return amount.longValueExact();
    }

    private static String range(long minimum, long maximum) {
        if (maximum == Long.MAX_VALUE) {
            return "must be at least %,d".formatted(minimum);
        }
        return "must be from %,d to %,d".formatted(minimum, maximum);
    }

    static boolean isWhole(BigDecimal number) {
        return number.stripTrailingZeros().scale() <= 0;
    }

    /** A number without a unit. */
    Optional<BigDecimal> number() {
        Optional<BigDecimal> number = scalar().flatMap(Quantity::parse)
                .filter(quantity -> quantity.unit().isEmpty())
                .map(Quantity::amount);
        if (number.isEmpty()) {
            problem("must be a number, got " + shown());
        }
        return number;
    }

    double number(double minimum, boolean included, double maximum, double standIn) {
        Optional<BigDecimal> number = number();
        if (number.isEmpty()) {
            return standIn;
        }
        double value = number.get().doubleValue();
        if (value > maximum || value < minimum || (value == minimum && !included)) {
            problem("must be %s %s and at most %s, got %s"
                    .formatted(
                            included ? "at least" : "above",
                            Quantity.plain(minimum),
                            Quantity.plain(maximum),
                            shown()));
            return standIn;
        }
        return value;
    }

    /** A duration from {@code minimum} to 24 hours. */
    Duration duration(Duration minimum, Duration standIn) {
        Optional<Quantity> quantity = scalar().flatMap(Quantity::parse);
        Optional<Duration> duration = quantity.flatMap(Quantity::duration);
        if (quantity.isPresent() && quantity.get().isNegative()) {
            problem("must not be negative, got " + shown() + "; write a duration, e.g. " + Quantity.write(standIn));
            return standIn;
        }
        if (duration.isEmpty()) {
            boolean unitless = quantity.isPresent() && quantity.get().unit().isEmpty();
            problem(
                    unitless
                            ? "needs a unit, got " + shown() + "; write ms, s, m or h behind it, e.g. "
                                    + Quantity.write(standIn)
                            : "must be a duration, got " + shown() + "; write e.g. " + Quantity.write(standIn));
            return standIn;
        }
        if (duration.get().compareTo(LONGEST) > 0) {
            problem("must be at most 24h, got " + shown());
            return standIn;
        }
        if (duration.get().compareTo(minimum) < 0) {
            problem("must be at least " + Quantity.write(minimum) + ", got " + shown());
            return standIn;
        }
        return duration.get();
    }

    /** Arrivals per second. */
    double rate() {
        String advice = "; write arrivals per second, e.g. 200/s";
        Optional<Quantity> quantity = scalar().flatMap(Quantity::parse);
        if (quantity.isPresent() && quantity.get().amount().signum() <= 0) {
            problem("must be positive, got " + shown() + advice);
            return 1;
        }
        Optional<Double> perSecond = quantity.flatMap(Quantity::perSecond);
        if (perSecond.isEmpty()) {
            boolean unitless = quantity.isPresent() && quantity.get().unit().isEmpty();
            problem(
                    unitless
                            ? "needs a unit, got " + shown() + "; write arrivals per second, e.g. " + shown() + "/s"
                            : "must be a rate, got " + shown() + advice);
            return 1;
        }
        if (perSecond.get() > 1_000_000) {
            problem("must be at most 1,000,000/s, got " + shown());
            return 1;
        }
        return perSecond.get();
    }

    /** A percentage from 0 to 100, as a fraction. */
    double percentage() {
        Optional<Quantity> quantity = scalar().flatMap(Quantity::parse);
        boolean percent = quantity.isPresent()
                && (quantity.get().unit().equals("%")
                        || (quantity.get().unit().isEmpty()
                                && quantity.get().amount().signum() == 0));
        if (!percent) {
            problem("must be a percentage, got " + shown() + "; write e.g. 0.1%");
            return 0;
        }
        BigDecimal amount = quantity.get().amount();
        if (amount.signum() < 0 || amount.compareTo(BigDecimal.valueOf(100)) > 0) {
            problem("must be from 0% to 100%, got " + shown());
            return 0;
        }
        return amount.movePointLeft(2).doubleValue();
    }

    Optional<Boolean> truth() {
        Map<String, Boolean> words = new LinkedHashMap<>();
        words.put("true", true);
        words.put("false", false);
        return word(words, List.of());
    }

    /** One of the words, named in their order in problems; {@code later} ones are of the language, but not of this version. */
    <T> Optional<T> word(Map<String, T> words, List<String> later) {
        Optional<String> text = scalar();
        if (text.isPresent() && words.containsKey(text.get())) {
            return Optional.of(words.get(text.get()));
        }
        if (text.isPresent() && later.contains(text.get())) {
            problem("'" + text.get() + "' " + NOT_SUPPORTED + "; use " + String.join(" or ", words.keySet()));
            return Optional.empty();
        }
        String hint = text.flatMap(word -> Nearest.to(word, words.keySet()))
                .map(nearest -> "; did you mean '" + nearest + "'?")
                .orElse("");
        String expected =
                words.size() > 3 ? "one of " + String.join(", ", words.keySet()) : String.join(" or ", words.keySet());
        problem("must be " + expected + ", got " + shown() + hint);
        return Optional.empty();
    }

    /** The items of a list. */
    List<Value> list(String advice) {
        if (node instanceof YamlNode.Sequence sequence) {
            List<Value> items = new ArrayList<>();
            for (YamlNode item : sequence.items()) {
                items.add(new Value(item, path + "[" + items.size() + "]", problems));
            }
            return items;
        }
        problem("must be a list, got " + shown() + "; " + advice);
        return List.of();
    }

    /** The items of a list that must have some. */
    List<Value> filledList(String advice) {
        List<Value> items = list(advice);
        if (items.isEmpty() && node instanceof YamlNode.Sequence) {
            problem("is empty; " + advice);
        }
        return items;
    }

    /** A mapping with fixed keys. */
    Block block(Keys keys, String advice) {
        return Block.of(this, keys, advice);
    }

    /** A mapping whose keys are names. */
    List<Named> named(String advice) {
        if (node instanceof YamlNode.Mapping mapping) {
            return mapping.entries().stream()
                    .map(entry -> new Named(
                            entry.key().value(),
                            location(entry.key().position()),
                            new Value(entry.value(), child(entry.key().value()), problems)))
                    .toList();
        }
        problem("must be a mapping, got " + shown() + "; " + advice);
        return List.of();
    }

    /** @param location of the name */
    record Named(String name, SourceLocation location, Value value) {}

    String child(String key) {
        return path.isEmpty() ? key : path + "." + key;
    }
}
