package dev.rehearsal.scenario;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number with a unit, as files write it: {@code 250ms}, {@code 300/s}, {@code 0.1%}, {@code 3x}, {@code 1_000_000}.
 *
 * @param unit empty if there is none
 */
record Quantity(BigDecimal amount, String unit) {
    private static final Pattern FORM = Pattern.compile("([+-]?[0-9][0-9_]{0,30}(?:\\.[0-9]{1,30})?) ?([A-Za-z/%]*)");
    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000);

    static Optional<Quantity> parse(String text) {
        Matcher matcher = FORM.matcher(text.strip());
        return matcher.matches()
                ? Optional.of(new Quantity(new BigDecimal(matcher.group(1).replace("_", "")), matcher.group(2)))
                : Optional.empty();
    }

    /** Empty if the unit is not one of time. */
    Optional<Duration> duration() {
        return secondsPerUnit()
                .map(seconds -> amount.multiply(seconds).multiply(NANOS_PER_SECOND))
                .map(nanos -> Duration.ofSeconds(
                        nanos.divideToIntegralValue(NANOS_PER_SECOND).longValue(),
                        nanos.remainder(NANOS_PER_SECOND).longValue()));
    }

    private Optional<BigDecimal> secondsPerUnit() {
        return switch (unit) {
            case "us" -> Optional.of(new BigDecimal("0.000001"));
            case "ms" -> Optional.of(new BigDecimal("0.001"));
            case "s" -> Optional.of(BigDecimal.ONE);
            case "m", "min" -> Optional.of(BigDecimal.valueOf(60));
            case "h" -> Optional.of(BigDecimal.valueOf(3600));
            default -> Optional.empty();
        };
    }

    /** Empty if the unit is not one of arrivals in time. */
    Optional<Double> perSecond() {
        return switch (unit) {
            case "/s" -> Optional.of(amount.doubleValue());
            case "/m", "/min" -> Optional.of(amount.doubleValue() / 60);
            case "/h" -> Optional.of(amount.doubleValue() / 3600);
            default -> Optional.empty();
        };
    }

    /** Empty if the unit is not one of bytes in time. */
    Optional<BigDecimal> kilobytesPerSecond() {
        return switch (unit) {
            case "KB/s", "kB/s" -> Optional.of(amount);
            case "MB/s" -> Optional.of(amount.movePointRight(3));
            case "GB/s" -> Optional.of(amount.movePointRight(6));
            default -> Optional.empty();
        };
    }

    /** Empty if the unit is not one of memory. A kilobyte has 1024 bytes, as for PostgreSQL and for container engines. */
    Optional<BigDecimal> bytes() {
        return switch (unit.toLowerCase(Locale.ROOT)) {
            case "b" -> Optional.of(amount);
            case "k", "kb" -> Optional.of(amount.multiply(BigDecimal.valueOf(1L << 10)));
            case "m", "mb" -> Optional.of(amount.multiply(BigDecimal.valueOf(1L << 20)));
            case "g", "gb" -> Optional.of(amount.multiply(BigDecimal.valueOf(1L << 30)));
            default -> Optional.empty();
        };
    }

    boolean isNegative() {
        return amount.signum() < 0;
    }

    /** The shortest exact way to write a duration: {@code 250ms}, {@code 2s}, {@code 10m}. */
    static String write(Duration duration) {
        long nanos = duration.toNanos();
        if (nanos == 0) {
            return "0s";
        }
        if (nanos % 3_600_000_000_000L == 0) {
            return nanos / 3_600_000_000_000L + "h";
        }
        if (nanos % 60_000_000_000L == 0) {
            return nanos / 60_000_000_000L + "m";
        }
        if (nanos % 1_000_000_000L == 0) {
            return nanos / 1_000_000_000L + "s";
        }
        if (nanos % 1_000_000 == 0) {
            return nanos / 1_000_000 + "ms";
        }
        return plain(BigDecimal.valueOf(nanos, 3)) + "us";
    }

    /** The shortest exact way to write an amount of memory: {@code 2g}, {@code 512m}. */
    static String writeBytes(long bytes) {
        for (var unit : new String[] {"g", "m", "k"}) {
            long size = 1L << (unit.equals("g") ? 30 : unit.equals("m") ? 20 : 10);
            if (bytes % size == 0) {
                return bytes / size + unit;
            }
        }
        return bytes + "b";
    }

    /** Without an exponent and without needless zeros. */
    static String plain(BigDecimal number) {
        return number.signum() == 0 ? "0" : number.stripTrailingZeros().toPlainString();
    }

    static String plain(double number) {
        return plain(BigDecimal.valueOf(number));
    }
}
