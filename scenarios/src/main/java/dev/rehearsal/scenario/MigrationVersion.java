package dev.rehearsal.scenario;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The version that a migration's file name begins with, compared number by number: {@code 1.2} and {@code 1_2} are one, so are {@code 7} and {@code
 * 007}, and {@code 1.10} comes after {@code 1.9}.
 *
 * @param numbers without zeros at the end
 */
record MigrationVersion(List<BigInteger> numbers) implements Comparable<MigrationVersion> {
    /** Longer numbers are moments: between two of them nothing is missing. */
    private static final int LONGEST_COUNT = 7;

    MigrationVersion {
        int length = numbers.size();
        while (length > 1 && numbers.get(length - 1).signum() == 0) {
            length--;
        }
        numbers = List.copyOf(numbers.subList(0, length));
    }

    /** Empty for what is not made of numbers with dots or underscores between them. */
    static Optional<MigrationVersion> parse(String text) {
        if (!text.matches("[0-9]{1,40}([._][0-9]{1,40}){0,20}")) {
            return Optional.empty();
        }
        return Optional.of(new MigrationVersion(
                Arrays.stream(text.split("[._]", -1)).map(BigInteger::new).toList()));
    }

    /** Its only number, if it is one that counts migrations. */
    Optional<BigInteger> count() {
        return Optional.of(numbers.getFirst())
                .filter(number -> numbers.size() == 1 && number.toString().length() <= LONGEST_COUNT);
    }

    @Override
    public int compareTo(MigrationVersion other) {
        for (int i = 0; i < Math.max(numbers.size(), other.numbers.size()); i++) {
            int order = number(i).compareTo(other.number(i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private BigInteger number(int index) {
        return index < numbers.size() ? numbers.get(index) : BigInteger.ZERO;
    }

    @Override
    public String toString() {
        return numbers.stream().map(BigInteger::toString).collect(Collectors.joining("."));
    }
}
