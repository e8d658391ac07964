package dev.rehearsal.profile;

import dev.rehearsal.profile.Profile.RecordedWorkload;
import dev.rehearsal.profile.Profile.Refused;
import dev.rehearsal.scenario.Workload;
import dev.rehearsal.scenario.Workload.Operation;
import dev.rehearsal.scenario.sql.RecordedStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Makes a workload of what {@code pg_stat_statements} has counted. Statements are parsed by the server, not planned and not run. */
final class WorkloadProfiler {
    private static final int MOST_OPERATIONS = 40;
    private static final int MOST_REFUSED = 60;
    private static final Set<String> VERBS = Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "VALUES");
    /** Volatile, but without an effect beyond their results and the sequences of the database itself. */
    private static final Set<String> HARMLESS = Set.of(
            "random",
            "random_normal",
            "nextval",
            "currval",
            "lastval",
            "clock_timestamp",
            "timeofday",
            "gen_random_uuid",
            "uuidv4",
            "uuidv7",
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v4");

    private final Connection connection;
    private final Catalog catalog;
    private final ParameterChooser parameters;
    private final List<Refused> refused = new ArrayList<>();
    private final List<String> remarks = new ArrayList<>();
    private final Set<String> names = new HashSet<>();

    WorkloadProfiler(Connection connection, Catalog catalog, ParameterChooser parameters) {
        this.connection = connection;
        this.catalog = catalog;
        this.parameters = parameters;
    }

    /** One line of the view, all users together. */
    private record Counted(String query, double calls) {}

    /** Why a statement is not replayed. */
    static final class NotReplayable extends Exception {
        private static final long serialVersionUID = 1;

        NotReplayable(String reason) {
            super(reason);
        }
    }

    /** Empty if the extension is not there, or cannot be read: then a note says so. */
    Optional<RecordedWorkload> read(List<String> notes) throws SQLException {
        Optional<String> schema = schema();
        if (schema.isEmpty()) {
            notes.add("pg_stat_statements is not installed in the database, so the scenario has the default workload;"
                    + " create extension pg_stat_statements, with the library in shared_preload_libraries");
            return Optional.empty();
        }
        List<Counted> counted;
        double seconds;
        try {
            counted = counted(schema.get());
            seconds = Math.max(1, seconds(schema.get()));
        } catch (SQLException failure) {
            if (!connection.isValid(5)) {
                throw failure;
            }
            notes.add("pg_stat_statements cannot be read, so the scenario has the default workload: " + said(failure));
            return Optional.empty();
        }
        return Optional.of(workload(counted, seconds));
    }

    private RecordedWorkload workload(List<Counted> counted, double seconds) throws SQLException {
        Set<String> effects = functionsWithEffects();
        Map<Operation, Double> calls = new LinkedHashMap<>();
        double hidden = 0;
        double own = 0;
        Map<String, Double> others = new TreeMap<>();
        execute("set search_path = public");
        try {
            for (Counted each : counted) {
                RecordedStatement statement = RecordedStatement.read(each.query());
                if (each.query().equals("<insufficient privilege>")) {
                    hidden += each.calls();
                } else if (isAboutTheServer(statement)) {
                    own += each.calls();
                } else if (!VERBS.contains(statement.verb())) {
                    others.merge(statement.verb(), each.calls(), Double::sum);
                } else if (calls.size() == MOST_OPERATIONS) {
                    refuse(each, seconds, "is rarer than the " + MOST_OPERATIONS + " that are replayed");
                } else {
                    try {
                        calls.put(operation(statement, effects), each.calls());
                    } catch (NotReplayable not) {
                        refuse(each, seconds, not.getMessage());
                    }
                }
            }
        } finally {
            execute("set search_path = ''");
        }
        if (hidden > 0) {
            refused.add(new Refused(
                    "statements of other users",
                    hidden / seconds,
                    "their text is shown to members of pg_read_all_stats"));
        }
        others.forEach((verb, times) -> refused.add(new Refused(
                verb.toLowerCase(java.util.Locale.ROOT) + " …",
                times / seconds,
                isDefinition(verb)
                        ? "changes the schema, which a migration does"
                        : "is a utility statement: it depends on what came before in its session")));
        if (own > 0) {
            refused.add(
                    new Refused("statements on the server's own catalogs", own / seconds, "are not the application's"));
        }
        return new RecordedWorkload(workload(calls, seconds), remarks, refused, seconds);
    }

    private static boolean isDefinition(String verb) {
        return Set.of(
                        "CREATE",
                        "ALTER",
                        "DROP",
                        "TRUNCATE",
                        "COMMENT",
                        "GRANT",
                        "REVOKE",
                        "REINDEX",
                        "CLUSTER",
                        "REFRESH")
                .contains(verb);
    }

    private void refuse(Counted each, double seconds, String reason) {
        if (refused.size() < MOST_REFUSED) {
            refused.add(new Refused(each.query(), each.calls() / seconds, reason));
        }
    }

    private static Optional<Workload> workload(Map<Operation, Double> calls, double seconds) {
        double total = calls.values().stream().mapToDouble(Double::doubleValue).sum();
        if (total == 0) {
            return Optional.empty();
        }
        List<Operation> operations = new ArrayList<>();
        calls.forEach((operation, times) -> operations.add(new Operation(
                operation.name(),
                Math.max(0.001, digits(100 * times / total)),
                operation.parameters(),
                operation.transaction(),
                operation.reads(),
                false)));
        Workload.Service service = new Workload.Service(
                "application",
                Math.clamp(digits(total / seconds), 0.001, 1_000_000),
                new Workload.Pool(20, Duration.ofSeconds(2)),
                Optional.empty(),
                operations);
        return Optional.of(new Workload(Workload.Arrivals.POISSON, List.of(service)));
    }

    private static double digits(double number) {
        return Double.parseDouble(String.format(java.util.Locale.ROOT, "%.3g", number));
    }

    private boolean isAboutTheServer(RecordedStatement statement) {
        Set<String> tables = new LinkedHashSet<>(statement.tables().values());
        boolean own =
                tables.stream().allMatch(name -> name.startsWith("pg_") || name.startsWith("information_schema."));
        return own && VERBS.contains(statement.verb()) && (!tables.isEmpty() || asksForSettings(statement));
    }

    private static boolean asksForSettings(RecordedStatement statement) {
        return !statement.functions().isEmpty()
                && statement.functions().stream()
                        .allMatch(name -> name.startsWith("pg_")
                                || name.startsWith("has_")
                                || Set.of("current_setting", "version", "set_config")
                                        .contains(name));
    }

    private Operation operation(RecordedStatement statement, Set<String> effects) throws NotReplayable, SQLException {
        for (String function : statement.functions()) {
            if (effects.contains(function)) {
                throw new NotReplayable(
                        "calls " + function + ", which is volatile: it may do more than its result shows");
            }
        }
        Map<String, Catalog.Table> tables = new LinkedHashMap<>();
        for (Map.Entry<String, String> named : statement.tables().entrySet()) {
            tables.put(
                    named.getKey(),
                    table(named.getValue())
                            .orElseThrow(() -> new NotReplayable(
                                    "names " + named.getValue() + ", which is no table of this profile")));
        }
        if (tables.isEmpty()) {
            throw new NotReplayable("names no table");
        }
        List<String> types = types(statement);
        String verb = statement.verb().equals("WITH") || statement.verb().equals("VALUES")
                ? "query"
                : statement.verb().toLowerCase(java.util.Locale.ROOT);
        String name = unused(verb + "-" + tables.values().iterator().next().name());
        try {
            return parameters.operation(name, statement, tables, types, remarks);
        } catch (NotReplayable not) {
            names.remove(name);
            throw not;
        }
    }

    private Optional<Catalog.Table> table(String name) {
        int dot = name.lastIndexOf('.');
        String schema = dot < 0 ? "public" : name.substring(0, dot);
        return catalog.tables().values().stream()
                .filter(table -> table.schema().equals(schema) && table.name().equals(name.substring(dot + 1)))
                .filter(table -> table.rows() > 0)
                .findFirst();
    }

    private String unused(String wanted) {
        String name = wanted;
        for (int i = 2; !names.add(name); i++) {
            name = wanted + "-" + i;
        }
        return name;
    }

    /** The types that the server gives the parameters, by their numbers. */
    private List<String> types(RecordedStatement statement) throws NotReplayable, SQLException {
        try {
            execute("prepare harness_profile as " + statement.with(number -> "$" + number));
        } catch (SQLException refusal) {
            if (!connection.isValid(5)) {
                throw refusal;
            }
            throw new NotReplayable("cannot be parsed again: " + said(refusal));
        }
        try (PreparedStatement question = connection.prepareStatement(
                        "select parameter_types::text[] from pg_prepared_statements where name = 'harness_profile'");
                ResultSet row = question.executeQuery()) {
            row.next();
            return Catalog.names(row.getArray(1));
        } finally {
            execute("deallocate harness_profile");
        }
    }

    private Set<String> functionsWithEffects() throws SQLException {
        Set<String> functions =
                new HashSet<>(texts("select distinct proname::text from pg_proc where provolatile = 'v'"));
        functions.removeAll(HARMLESS);
        return functions;
    }

    private Optional<String> schema() throws SQLException {
        return texts("select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace"
                        + " where e.extname = 'pg_stat_statements'")
                .stream()
                .findFirst();
    }

    private List<Counted> counted(String schema) throws SQLException {
        boolean level = !texts("select 'yes' from pg_attribute where attrelid = to_regclass('" + schema
                        + ".pg_stat_statements') and attname = 'toplevel'")
                .isEmpty();
        List<Counted> counted = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select query, sum(calls) from " + schema
                        + ".pg_stat_statements where dbid = (select oid from pg_database where datname = current_database())"
                        + (level ? " and toplevel" : "") + " group by query order by sum(calls) desc, query")) {
            while (row.next()) {
                counted.add(new Counted(row.getString(1), row.getDouble(2)));
            }
        }
        return counted;
    }

    /** Since when there are counts: the last reset, which servers before 14 do not tell; then, since the server's start. */
    private double seconds(String schema) throws SQLException {
        boolean known = !texts("select 'yes' where to_regclass('" + schema + ".pg_stat_statements_info') is not null")
                .isEmpty();
        String since = known
                ? "(select stats_reset from " + schema + ".pg_stat_statements_info)"
                : "pg_postmaster_start_time()";
        return Double.parseDouble(
                texts("select extract(epoch from now() - " + since + ")").get(0));
    }

    private List<String> texts(String query) throws SQLException {
        List<String> texts = new ArrayList<>();
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(query)) {
            while (row.next()) {
                texts.add(row.getString(1));
            }
        }
        return texts;
    }

    private void execute(String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setEscapeProcessing(false);
            statement.execute(sql);
        }
    }

    private static String said(SQLException failure) {
        return String.valueOf(failure.getMessage())
                .lines()
                .findFirst()
                .orElse("")
                .replaceFirst("^ERROR: ", "");
    }
}
