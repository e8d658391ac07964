package dev.rehearsal.dataset;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import net.datafaker.Faker;

/**
 * Texts that look like somebody's, made once: asking datafaker for each row would take a hundred times as long as loading the row.
 *
 * <p>They are the same for the same seed. Thread-safe; each dictionary is made by whoever asks for it first.
 */
final class Dictionaries {
    /** Different enough for statistics, small enough to be made in an instant. */
    private static final int WORDS = 2_000;

    private static final int ATTEMPTS = 3;

    private final long seed;
    private final Map<String, Optional<byte[][]>> words = new ConcurrentHashMap<>();

    Dictionaries(long seed) {
        this.seed = seed;
    }

    /**
     * What a provider makes, as far as it is no longer than {@code maxLength} characters; cut where nothing is so short. Empty if datafaker knows no
     * such provider.
     */
    Optional<byte[][]> words(String provider, int maxLength) {
        return words.computeIfAbsent(provider + " " + Math.min(maxLength, 1_000), key -> make(provider, maxLength));
    }

    private Optional<byte[][]> make(String provider, int maxLength) {
        Faker faker = new Faker(Locale.ENGLISH, new Random(RowRandom.mix(seed ^ provider.hashCode())));
        String expression = "#{" + Character.toUpperCase(provider.charAt(0)) + provider.substring(1) + "}";
        Set<String> short_ = new LinkedHashSet<>();
        Set<String> cut = new LinkedHashSet<>();
        try {
            for (int i = 0; i < ATTEMPTS * WORDS && short_.size() < WORDS; i++) {
                String word = faker.expression(expression).replace("\0", "");
                if (word.codePointCount(0, word.length()) <= maxLength) {
                    short_.add(word);
                } else {
                    cut.add(word.substring(0, word.offsetByCodePoints(0, maxLength)));
                }
                if (i == WORDS && short_.size() < 20 && cut.size() < 20) {
                    // A provider of few words has few words.
                    break;
                }
            }
        } catch (RuntimeException unknown) {
            // datafaker has no exception of its own for it.
            return Optional.empty();
        }
        return Optional.of((short_.isEmpty() ? cut : short_)
                .stream().map(word -> word.getBytes(StandardCharsets.UTF_8)).toArray(byte[][]::new));
    }

    /**
     * Different texts in which a regular expression is found, as far as the same expression means the same to PostgreSQL, Java and the maker; none if
     * it does not.
     *
     * @param most how many are wanted; there may be fewer
     */
    List<String> matching(String expression, int minLength, int maxLength, int most) {
        Pattern pattern;
        Faker faker = new Faker(Locale.ENGLISH, new Random(RowRandom.mix(seed ^ expression.hashCode())));
        Set<String> found = new LinkedHashSet<>();
        try {
            pattern = Pattern.compile(expression);
            String bare = expression.replaceFirst("^\\^", "").replaceFirst("(?<!\\\\)\\$$", "");
            // An open end is made long by default; a text of the column's length is wanted.
            String bounded = bare.replaceAll("(?<!\\\\)\\*", "{0,8}").replaceAll("(?<!\\\\)\\+", "{1,8}");
            for (int i = 0; i < ATTEMPTS * most && found.size() < most; i++) {
                String text = faker.regexify(bounded);
                if (text.length() >= minLength
                        && text.length() <= maxLength
                        && pattern.matcher(text).find()) {
                    found.add(text);
                }
            }
        } catch (PatternSyntaxException notJavas) {
            return List.of();
        } catch (RuntimeException notTheMakers) {
            return List.copyOf(found);
        }
        return List.copyOf(found);
    }
}
