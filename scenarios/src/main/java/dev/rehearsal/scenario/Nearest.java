package dev.rehearsal.scenario;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The word that somebody probably meant. */
final class Nearest {
    private Nearest() {}

    /** The candidate with the fewest typing errors between it and {@code word}, if there are few enough. */
    static Optional<String> to(String word, Collection<String> candidates) {
        if (word.length() > 60) {
            return Optional.empty();
        }
        String lower = word.toLowerCase(Locale.ROOT);
        return candidates.stream()
                .filter(candidate -> errors(lower, candidate.toLowerCase(Locale.ROOT)) <= allowed(word, candidate))
                .min(Comparator.comparingInt(candidate -> errors(lower, candidate.toLowerCase(Locale.ROOT))));
    }

    /** {@code did you mean 'rate'?}, or else {@code known are name, rate}. */
    static String advice(String word, Collection<String> candidates) {
        return to(word, candidates)
                .map(nearest -> "did you mean '" + nearest + "'?")
                .orElseGet(() -> candidates.isEmpty()
                        ? "there are none"
                        : "known are "
                                + String.join(
                                        ", ", candidates.stream().limit(20).toList())
                                + (candidates.size() > 20 ? ", …" : ""));
    }

    private static int allowed(String word, String candidate) {
        int shorter = Math.min(word.length(), candidate.length());
        int longer = Math.max(word.length(), candidate.length());
        return Math.min(shorter / 3 + 1, longer - 1);
    }

    /** Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment distance). */
    private static int errors(String a, String b) {
        int[][] distance = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    distance[i][j] = i + j;
                    continue;
                }
                int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                int best = Math.min(distance[i - 1][j], distance[i][j - 1]) + 1;
                best = Math.min(best, distance[i - 1][j - 1] + change);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    best = Math.min(best, distance[i - 2][j - 2] + 1);
                }
                distance[i][j] = best;
            }
        }
        return distance[a.length()][b.length()];
    }
}
