package dev.rehearsal.scenario;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Everything found wrong so far. Confined to the thread that loads. */
final class Problems {
    /** Nobody reads more, and a file with more is another kind of file. */
    static final int MAXIMUM = 100;

    /** What may be a password: before the @ of an address, or after its own name, as a key or a parameter. Quick on lines of a megabyte, too. */
    private static final Pattern SECRET =
            Pattern.compile("(?i)://.{0,200}@|(password|passwd|passphrase|secret)[\"']?\\s{0,9}[:=]");

    private final Set<Problem> found = new LinkedHashSet<>();
    private final Map<String, SourceFile> files = new HashMap<>();
    private final Set<String> concealed = new HashSet<>();
    private final List<String> order = new ArrayList<>();

    /** Makes the lines of a file known, so that problems can show them. Problems come in the order of the files. */
    void register(SourceFile file) {
        if (files.putIfAbsent(file.name(), file) == null) {
            order.add(file.name());
        }
    }

    void add(SourceLocation location, String path, String message) {
        found.add(new Problem(location, path, message, line(location)));
    }

    /** Has no problem show the line, because there is a secret in it. */
    void conceal(SourceLocation location) {
        concealed.add(location.file() + ":" + location.line());
    }

    private Problem shown(Problem problem) {
        SourceLocation location = problem.location();
        return concealed.contains(location.file() + ":" + location.line())
                        || SECRET.matcher(problem.sourceLine()).find()
                ? new Problem(location, problem.path(), problem.message(), "")
                : problem;
    }

    /** The lines of a registered file. */
    List<String> lines(String file) {
        SourceFile known = files.get(file);
        return known == null ? List.of() : known.lines();
    }

    private String line(SourceLocation location) {
        SourceFile file = files.get(location.file());
        if (file == null || location.line() > file.lines().size()) {
            return "";
        }
        return file.lines().get(location.line() - 1);
    }

    boolean isEmpty() {
        return found.isEmpty();
    }

    int size() {
        return found.size();
    }

    boolean anyAt(Predicate<String> path) {
        return found.stream().anyMatch(problem -> path.test(problem.path()));
    }

    /** Whether something is wrong with the value at {@code path} or inside it. */
    boolean anyWithin(String path) {
        return anyAt(at -> at.equals(path) || at.startsWith(path + ".") || at.startsWith(path + "["));
    }

    /** By file, then by place; at most {@link #MAXIMUM}, with a last one that says how many more there are. */
    List<Problem> sorted() {
        List<Problem> sorted = found.stream()
                .map(this::shown)
                .sorted(Comparator.<Problem>comparingInt(
                                problem -> rank(problem.location().file()))
                        .thenComparingInt(problem -> problem.location().line())
                        .thenComparingInt(problem -> problem.location().column()))
                .toList();
        if (sorted.size() <= MAXIMUM) {
            return sorted;
        }
        List<Problem> cut = new ArrayList<>(sorted.subList(0, MAXIMUM));
        Problem next = sorted.get(MAXIMUM);
        String more =
                "here and below are %,d more problems; solve those above first".formatted(sorted.size() - MAXIMUM);
        cut.add(new Problem(next.location(), "", more, next.sourceLine()));
        return List.copyOf(cut);
    }

    private int rank(String file) {
        int known = order.indexOf(file);
        return known < 0 ? Integer.MAX_VALUE : known;
    }
}
