package dev.rehearsal.dataset;

import dev.rehearsal.scenario.Generator;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What a column is made by that nobody speaks of: chosen by its type, by what its check constraints allow, and by its name. The same column gets the
 * same generator always.
 */
final class DefaultGenerators {
    private static final Instant FROM = Instant.parse("2021-01-01T00:00:00Z");
    private static final Instant TO = Instant.parse("2026-01-01T00:00:00Z");
    private static final int WORDS_OF_A_PATTERN = 5_000;

    /** What a name says of a text, the first that fits. The pattern is found in the name, whose words are separated by {@code _}. */
    private record Named(Pattern name, Generator generator, int shortest) {
        static Named of(String name, Generator generator, int shortest) {
            return new Named(Pattern.compile(name), generator, shortest);
        }

        static Named faker(String name, String provider, int shortest) {
            return of(name, new Generator.Faker(provider), shortest);
        }
    }

    private static final List<Named> TEXTS = List.of(
            Named.of("(^|_)(uuid|guid)($|_)", new Generator.Uuid(), 36),
            Named.faker("e_?mail", "internet.emailAddress", 12),
            Named.faker("(first|given|fore)_?name", "name.firstName", 4),
            Named.faker("(last|family|sur)_?name", "name.lastName", 4),
            Named.faker(
                    "(user|login|account)_?name|(^|_)(login|nick|nickname|alias|username)$", "internet.username", 6),
            Named.faker(
                    "(full|real|display|contact|customer|person|author|owner)_?name|(^|_)author$", "name.fullName", 8),
            Named.faker("compan|organi[sz]ation|employer|vendor|manufacturer", "company.name", 8),
            Named.faker("country_?code|(^|_)country_?iso", "address.countryCode", 2),
            Named.faker("(^|_)country", "address.country", 8),
            Named.faker("(^|_)(city|town)", "address.city", 5),
            Named.faker("(^|_)(state|province|region)_?name", "address.state", 8),
            Named.faker("(zip|postal|post)_?code|(^|_)(zip|postcode)$", "address.zipCode", 5),
            Named.faker("street|address_?(line|1|2)|(^|_)address$", "address.streetAddress", 8),
            Named.faker("phone|(^|_)(mobile|fax|tel)($|_)", "phoneNumber.cellPhone", 10),
            Named.of("(^|_)ip($|_)|ip_?addr", new Generator.Pattern("10.1##.1##.1##"), 14),
            Named.faker("user_?agent", "internet.userAgent", 40),
            Named.faker("(^|_)(host|hostname|domain|server)(_?name)?$", "internet.domainName", 8),
            Named.faker("(^|_)(url|uri|link|href|website|homepage)", "internet.url", 20),
            Named.faker("mime|content_?type|media_?type", "file.mimeType", 8),
            Named.faker("file_?name", "file.fileName", 8),
            Named.faker("colou?r", "color.name", 3),
            Named.faker("currency", "money.currencyCode", 3),
            Named.of("(^|_)(lang|language|locale)", choice("en", "de", "fr", "es", "it", "ja"), 2),
            Named.of("(^|_)(time_?zone|tz)", choice("UTC", "Europe/Berlin", "America/New_York", "Asia/Tokyo"), 16),
            Named.of("(^|_)(gender|sex)$", choice("f", "m", "x"), 1),
            Named.of("(^|_)(status|state)$", choice("active", "new", "pending", "done", "failed"), 8),
            Named.of("(^|_)version", new Generator.Pattern("#.#.#"), 5),
            Named.of(
                    "hash|checksum|digest|(^|_)(md5|sha1|sha256|etag)",
                    new Generator.Pattern("?#??#?##?#?##??#?#??#?##?#?##??#"),
                    32),
            Named.of("token|secret|password|(^|_)(salt|nonce)", new Generator.Pattern("???????#??##??#??????###"), 24),
            Named.faker("(^|_)(title|subject|headline)", "book.title", 8));

    private final Dictionaries dictionaries;

    DefaultGenerators(Dictionaries dictionaries) {
        this.dictionaries = dictionaries;
    }

    /** A column that cannot have a value that its limits allow; says which limits. */
    static final class Unsatisfiable extends Exception {
        private static final long serialVersionUID = 1;

        Unsatisfiable(String message) {
            super(message);
        }
    }

    /**
     * A generator, or none for a column that keeps its default or for a type that only the server could make a value of.
     *
     * @param key no two rows share its values: its default would not do
     */
    Optional<Generator> choose(ServerColumn column, ColumnLimits limits, boolean key) throws Unsatisfiable {
        if (limits.mustBeNull() && !column.notNull()) {
            return Optional.of(new Generator.Nullable(anything(column), 1));
        }
        if (!key && limits.isEmpty() && keepsDefault(column)) {
            return Optional.empty();
        }
        Optional<Generator> made = notNull(column, limits, key);
        double nulls = column.notNull() || limits.mustNotBeNull() ? 0 : nulls(column);
        return nulls == 0
                ? made
                : made.map(generator ->
                        generator instanceof Generator.Sequence ? generator : new Generator.Nullable(generator, nulls));
    }

    /** Of a column that has no value in any row: it has to be made by something. */
    private static Generator anything(ServerColumn column) {
        return column.isText() && column.kind() != 'e' ? new Generator.Text(1, 1) : new Generator.Uuid();
    }

    /** A constant: what most rows of most tables have. */
    private static boolean keepsDefault(ServerColumn column) {
        String expression = column.details().defaultExpression().orElse("");
        if (expression.isEmpty() || column.details().identity() || expression.startsWith("NULL")) {
            return false;
        }
        boolean constant = expression.matches("(?s)'.*'(::.*)?|-?[0-9.]+|\\(-?[0-9.]+\\)(::.*)?|true|false|ARRAY\\[.*");
        boolean emptyText = expression.startsWith("''") && column.isText();
        boolean telling = column.isText() ? named(column).isPresent() : isMoment(column) || isCounted(column);
        return constant && !emptyText && !telling;
    }

    private Optional<Generator> notNull(ServerColumn column, ColumnLimits limits, boolean key) throws Unsatisfiable {
        Optional<List<String>> values = limits.values();
        if (values.isPresent()) {
            if (values.get().isEmpty()) {
                throw new Unsatisfiable("no value is left of its lists");
            }
            return Optional.of(choice(values.get().toArray(String[]::new)));
        }
        if (column.kind() == 'e') {
            List<String> labels = column.details().labels().stream()
                    .filter(label -> !limits.excluded().contains(label))
                    .toList();
            return labels.isEmpty() ? Optional.empty() : Optional.of(choice(labels.toArray(String[]::new)));
        }
        if (column.isArray()) {
            ServerColumn element = column.details().element().orElseThrow();
            return notNull(element, new ColumnLimits(column.name(), List.of()), false)
                    .filter(made -> !(made instanceof Generator.Json))
                    .map(made -> new Generator.Array(made, 0, 4));
        }
        return switch (column.type()) {
            case "int2", "int4", "int8", "oid", "money" -> Optional.of(whole(column, limits, key));
            case "numeric", "float4", "float8" -> Optional.of(decimal(column, limits, key));
            case "bool" ->
                Optional.of(new Generator.Bool(
                        column.details().defaultExpression().orElse("false").equals("true") ? 0.9 : 0.2));
            case "uuid" -> Optional.of(new Generator.Uuid());
            case "timestamptz", "timestamp", "date", "time" -> Optional.of(moment(column, limits));
            case "interval" -> Optional.of(new Generator.Interval(0, 86_400));
            case "json", "jsonb" -> Optional.of(document());
            case "bytea" -> Optional.of(new Generator.Bytes(8, 64));
            case "bit", "varbit" -> Optional.of(new Generator.Bytes(8, 8));
            case "macaddr" -> Optional.of(new Generator.Bytes(6, 6));
            case "macaddr8" -> Optional.of(new Generator.Bytes(8, 8));
            case "inet", "cidr" -> Optional.of(new Generator.Inet());
            default -> column.isText() ? Optional.of(text(column, limits, key)) : Optional.empty();
        };
    }

    private static Generator.Choice choice(String... values) {
        return new Generator.Choice(List.of(values), Collections.nCopies(values.length, 1.0));
    }

    private static Generator document() {
        Map<String, Generator> fields = new LinkedHashMap<>();
        fields.put("kind", choice("basic", "extended", "trial"));
        fields.put("count", new Generator.UniformLong(0, 1_000));
        fields.put("active", new Generator.Bool(0.8));
        fields.put("label", new Generator.Nullable(new Generator.Text(4, 24), 0.2));
        return new Generator.Json(fields);
    }

    /** {@code clock}, {@code created_timestamp}: seconds or milliseconds since 1970. */
    private static boolean isMoment(ServerColumn column) {
        return words(column)
                        .matches(".*(^|_)(clock|timestamp|created|updated|modified|expires|time|at|date|epoch)(_?ms)?$")
                && (column.type().equals("int8") || column.type().equals("int4"));
    }

    private static boolean isCounted(ServerColumn column) {
        return words(column)
                .matches(".*(amount|price|cost|total|balance|quantity|qty|count|size|score|points|views|hits)$");
    }

    private Generator whole(ServerColumn column, ColumnLimits limits, boolean key) throws Unsatisfiable {
        String expression = column.details().defaultExpression().orElse("");
        if (column.details().identity() || expression.startsWith("nextval(")) {
            return new Generator.Sequence(
                    limits.least(0).map(BigDecimal::longValue).orElse(1L));
        }
        String name = words(column);
        long most = switch (column.type()) {
            case "int2" -> Short.MAX_VALUE;
            case "int4", "oid" -> Integer.MAX_VALUE;
            default -> 1L << 53;
        };
        long[] range = {0, 1_000};
        if (key) {
            range = new long[] {1, most};
        } else if (isMoment(column) && most > Short.MAX_VALUE) {
            long unit = column.type().equals("int8") && !name.equals("clock") ? 1_000 : 1;
            range = new long[] {FROM.getEpochSecond() * unit, TO.getEpochSecond() * unit};
        } else if (name.matches(".*(^|_)year$")) {
            range = new long[] {1990, 2026};
        } else if (name.matches(".*(^|_)age$")) {
            range = new long[] {18, 90};
        } else if (name.matches(".*(^|_)(percent|pct|percentage|progress)$")) {
            range = new long[] {0, 100};
        } else if (name.matches(".*(quantity|qty)$")) {
            range = new long[] {1, 10};
        } else if (name.matches(".*(amount|price|cost|total|balance)$")) {
            range = new long[] {1, 100_000};
        } else if (name.matches(".*(size|length|bytes)$")) {
            range = new long[] {1, 1_000_000};
        } else if (name.matches(".*(^|_)(type|kind|status|state|level|priority|flags?|mode|version|rev)$")) {
            range = new long[] {0, 9};
        }
        BigDecimal[] limited = limited((double) range[0], (double) range[1], 0, limits, BigDecimal.valueOf(most));
        return new Generator.UniformLong(limited[0].longValue(), limited[1].longValue());
    }

    private Generator decimal(ServerColumn column, ColumnLimits limits, boolean key) throws Unsatisfiable {
        String name = words(column);
        boolean numeric = column.type().equals("numeric");
        int scale = numeric ? Math.clamp(column.scale(2), 0, 6) : 3;
        int digits = numeric ? Math.min(column.precision(15), 15) - Math.max(0, column.scale(2)) : 12;
        BigDecimal most =
                BigDecimal.TEN.pow(Math.clamp(digits, 0, 15 - scale)).subtract(BigDecimal.ONE.movePointLeft(scale));
        double[] range = {0, 1_000};
        if (key) {
            range = new double[] {1, most.doubleValue()};
        } else if (name.matches(".*(^|_)(lat|latitude)$")) {
            range = new double[] {-85, 85};
        } else if (name.matches(".*(^|_)(lon|lng|longitude)$")) {
            range = new double[] {-180, 180};
        } else if (name.matches(".*(rate|ratio|fraction|probability|weight)$")) {
            range = new double[] {0, 1};
        } else if (name.matches(".*(percent|pct|percentage)$")) {
            range = new double[] {0, 100};
        } else if (name.matches(".*(amount|price|cost|total|balance)$")) {
            range = new double[] {1, 500};
        }
        BigDecimal[] limited = limited(range[0], range[1], scale, limits, most);
        return scale == 0
                ? new Generator.UniformLong(limited[0].longValue(), limited[1].longValue())
                : new Generator.UniformDecimal(limited[0], limited[1], scale);
    }

    /** A range within the limits: the one that was thought of where they leave something of it, another of its width where they do not. */
    private static BigDecimal[] limited(double from, double to, int scale, ColumnLimits limits, BigDecimal most)
            throws Unsatisfiable {
        BigDecimal step = BigDecimal.ONE.movePointLeft(scale);
        BigDecimal min = new BigDecimal(from)
                .setScale(scale, java.math.RoundingMode.HALF_UP)
                .min(most);
        BigDecimal max = new BigDecimal(to)
                .setScale(scale, java.math.RoundingMode.HALF_UP)
                .min(most);
        BigDecimal width = max.subtract(min);
        Optional<BigDecimal> least = limits.least(scale);
        Optional<BigDecimal> greatest = limits.greatest(scale);
        if (least.isPresent() && greatest.isPresent() && least.get().compareTo(greatest.get()) > 0) {
            throw new Unsatisfiable("nothing is both at least " + least.get().toPlainString() + " and at most "
                    + greatest.get().toPlainString());
        }
        if (least.isPresent() && min.compareTo(least.get()) < 0) {
            min = least.get();
            max = max.max(min.add(width));
        }
        if (greatest.isPresent() && max.compareTo(greatest.get()) > 0) {
            max = greatest.get();
            min = min.compareTo(max) <= 0 ? min : least.orElse(max.subtract(width));
        }
        for (String excluded : limits.excluded()) {
            if (excluded.matches("-?[0-9]+(\\.[0-9]+)?")) {
                BigDecimal number = new BigDecimal(excluded);
                if (number.compareTo(min) >= 0 && number.compareTo(max) <= 0) {
                    min = number.setScale(scale, java.math.RoundingMode.DOWN).add(step);
                }
            }
        }
        if (min.compareTo(max) > 0) {
            throw new Unsatisfiable("no value is left between its limits");
        }
        return new BigDecimal[] {
            min.setScale(scale, java.math.RoundingMode.HALF_UP), max.setScale(scale, java.math.RoundingMode.HALF_UP)
        };
    }

    private static Generator moment(ServerColumn column, ColumnLimits limits) throws Unsatisfiable {
        String name = words(column);
        Instant from = FROM;
        Instant to = TO;
        if (name.matches(".*(birth|dob|born).*")) {
            from = Instant.parse("1940-01-01T00:00:00Z");
            to = Instant.parse("2006-01-01T00:00:00Z");
        } else if (name.matches(".*(expire|expiry|valid_?(to|until)|due).*")) {
            from = Instant.parse("2025-06-01T00:00:00Z");
            to = Instant.parse("2028-01-01T00:00:00Z");
        }
        Optional<Instant> earliest = limits.earliest();
        Optional<Instant> latest = limits.latest();
        if (earliest.isPresent() && latest.isPresent() && !earliest.get().isBefore(latest.get())) {
            throw new Unsatisfiable("nothing is both after " + earliest.get() + " and before " + latest.get());
        }
        if (earliest.isPresent() && from.isBefore(earliest.get())) {
            from = earliest.get();
            to = to.isAfter(from) ? to : from.plus(365, ChronoUnit.DAYS);
        }
        if (latest.isPresent() && to.isAfter(latest.get())) {
            to = latest.get();
            from = from.isBefore(to) ? from : earliest.orElse(to.minus(365, ChronoUnit.DAYS));
        }
        double correlation = name.matches(
                        ".*(creat|insert|regist|added|start|received|ordered|event|clock|log|time_?stamp|date$|(^|_)ts$).*")
                ? 1
                : name.matches(".*(updat|modif|chang).*") ? 0.99 : 0;
        return new Generator.Timestamp(from, to, correlation);
    }

    private Generator text(ServerColumn column, ColumnLimits limits, boolean key) throws Unsatisfiable {
        int longest = limits.maxLength(column.maxLength());
        int shortest = limits.minLength(0);
        if (shortest > longest) {
            throw new Unsatisfiable(
                    "nothing is both at least " + shortest + " and at most " + longest + " characters long");
        }
        if (!limits.patterns().isEmpty()) {
            return matching(limits.patterns(), shortest, longest);
        }
        if (key && longest >= 36 && shortest <= 36 && words(column).matches("(.*_)?(id|key|uuid)")) {
            return new Generator.Uuid();
        }
        Optional<Named> named = named(column).filter(found -> found.shortest() <= longest && !limits.hasLengths());
        boolean few = named.isPresent()
                && (named.get().generator() instanceof Generator.Choice
                        || named.get().generator() instanceof Generator.Pattern);
        if (named.isPresent() && !(key && few)) {
            return named.get().generator();
        }
        int usual = words(column)
                        .matches(
                                ".*(description|comment|body|content|message|note|text|summary|bio|details?|abstract).*")
                ? 300
                : 40;
        int to = Math.max(shortest, Math.min(longest, usual));
        int from = Math.max(shortest, Math.min(to, key ? Math.min(12, to) : Math.max(1, to / 5)));
        if (column.type().equals("bpchar")) {
            from = to;
        }
        return new Generator.Text(from, to);
    }

    private Generator matching(List<String> patterns, int shortest, int longest) throws Unsatisfiable {
        List<String> words = dictionaries.matching(patterns.getFirst(), shortest, longest, WORDS_OF_A_PATTERN).stream()
                .filter(word -> patterns.stream()
                        .allMatch(pattern ->
                                Pattern.compile(pattern).matcher(word).find()))
                .toList();
        if (words.isEmpty()) {
            throw new Unsatisfiable("no text of at most " + longest + " characters could be made that matches "
                    + String.join(" and ", patterns));
        }
        return choice(words.toArray(String[]::new));
    }

    private static Optional<Named> named(ServerColumn column) {
        String name = words(column);
        return TEXTS.stream().filter(text -> text.name().matcher(name).find()).findFirst();
    }

    /** The share of rows without a value in a column that may have none. */
    private static double nulls(ServerColumn column) {
        String name = words(column);
        if (name.matches(".*(delet|remov|cancel|archiv|end|finish|complet|clos|expir|revok|suspend|lock).*")) {
            return 0.9;
        }
        return name.matches(".*(updat|modif|last|parent|previous|optional|extra|second|middle).*") ? 0.3 : 0.1;
    }

    /** {@code createdAt} and {@code CREATED_AT_} as {@code created_at}. */
    private static String words(ServerColumn column) {
        return column.name()
                .replaceAll("([a-z0-9])([A-Z])", "$1_$2")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^a-z0-9]+", "_")
                .replaceAll("^_+|_+$", "");
    }
}
