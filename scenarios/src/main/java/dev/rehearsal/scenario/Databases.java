package dev.rehearsal.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The databases that one migration is for, alike in schema and traffic, such as the shards of a service. The timeline migrates and measures all of them, wave
 * by wave; the drill {@code drift} lets one fail.
 *
 * @param count of databases, numbered from 1
 * @param wave how many are migrated at the same time; the next wave begins when all of one have ended
 */
public record Databases(int count, int wave, OnFailure onFailure) {
    static final int FEWEST = 2;
    static final int MOST = 16;

    public Databases {
        if (count < FEWEST || count > MOST) {
            throw new IllegalArgumentException("databases.count must be from 2 to 16, got " + count);
        }
        if (wave < 1 || wave > count) {
            throw new IllegalArgumentException("databases.wave must be from 1 to count, got " + wave);
        }
    }

    /** What becomes of the databases of later waves when the migration of one fails. */
    public enum OnFailure {
        /** They are left as they are. */
        STOP,
        /** They are migrated all the same. */
        CONTINUE;

        /** The scenario file's. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The numbers of the databases, wave by wave; the last wave may be smaller. */
    public List<List<Integer>> waves() {
        List<List<Integer>> waves = new ArrayList<>();
        for (int first = 1; first <= count; first += wave) {
            List<Integer> numbers = new ArrayList<>();
            for (int number = first; number < first + wave && number <= count; number++) {
                numbers.add(number);
            }
            waves.add(List.copyOf(numbers));
        }
        return List.copyOf(waves);
    }
}
