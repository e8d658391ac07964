package dev.rehearsal.scenario.sql;

import dev.rehearsal.scenario.sql.SqlToken.Kind;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * What the client must know about a statement before it sends it, read from its keywords.
 *
 * @param allowedInTransaction false: the server refuses it inside a transaction block (25001)
 * @param controlsTransaction it begins or ends a transaction itself
 * @param writes it may change or lock rows: anything but select, values, table, show and a {@code with} of these alone
 */
public record StatementKind(boolean allowedInTransaction, boolean controlsTransaction, boolean writes) {
    private static final Set<String> READS = Set.of("SELECT", "VALUES", "TABLE", "SHOW");

    /** Reads the kind of one statement. */
    public static StatementKind of(String statement) {
        List<SqlToken> words = SqlLexer.tokens(statement).significant();
        Words all = new Words(words);
        return new StatementKind(!refusedInTransaction(all), controlsTransaction(all), writes(all));
    }

    /** Whether it begins a transaction. */
    public static boolean begins(String statement) {
        Words words = new Words(SqlLexer.tokens(statement).significant());
        return words.startWith("BEGIN") || words.startWith("START", "TRANSACTION");
    }

    /** What a statement does to indexes without stopping writes. */
    public enum IndexWork {
        NONE,
        CREATE_CONCURRENTLY,
        REINDEX_CONCURRENTLY
    }

    /** Whether it ends a transaction by keeping it. */
    public static boolean commits(String statement) {
        Words words = new Words(SqlLexer.tokens(statement).significant());
        return words.startWith("END") || (words.startWith("COMMIT") && !words.startWith("COMMIT", "PREPARED"));
    }

    /** What a statement does to indexes without stopping writes. */
    public static IndexWork indexWork(String statement) {
        Words words = new Words(SqlLexer.tokens(statement).significant());
        if (words.startWith("CREATE", "INDEX", "CONCURRENTLY")
                || words.startWith("CREATE", "UNIQUE", "INDEX", "CONCURRENTLY")) {
            return IndexWork.CREATE_CONCURRENTLY;
        }
        return words.startWith("REINDEX") && words.contain("CONCURRENTLY")
                ? IndexWork.REINDEX_CONCURRENTLY
                : IndexWork.NONE;
    }

    /** The statements that call {@code PreventInTransactionBlock} in PostgreSQL's sources, as far as keywords tell. */
    private static boolean refusedInTransaction(Words words) {
        return switch (words.at(0)) {
            case "VACUUM" -> true;
            case "CREATE" ->
                words.startWith("CREATE", "DATABASE")
                        || words.startWith("CREATE", "TABLESPACE")
                        || words.startWith("CREATE", "INDEX", "CONCURRENTLY")
                        || words.startWith("CREATE", "UNIQUE", "INDEX", "CONCURRENTLY");
            case "DROP" ->
                words.startWith("DROP", "DATABASE")
                        || words.startWith("DROP", "TABLESPACE")
                        || words.startWith("DROP", "INDEX", "CONCURRENTLY");
            case "REINDEX" -> words.contain("CONCURRENTLY") || words.contain("DATABASE") || words.contain("SYSTEM");
            case "ALTER" ->
                words.startWith("ALTER", "SYSTEM")
                        || (words.startWith("ALTER", "DATABASE") && words.contain("TABLESPACE"))
                        || (words.startWith("ALTER", "TABLE")
                                && words.contain("DETACH")
                                && words.contain("CONCURRENTLY"));
            default -> false;
        };
    }

    private static boolean controlsTransaction(Words words) {
        return switch (words.at(0)) {
            case "BEGIN", "COMMIT", "END", "ABORT" -> true;
            case "START" -> words.startWith("START", "TRANSACTION");
            case "PREPARE" -> words.startWith("PREPARE", "TRANSACTION");
            case "ROLLBACK" -> !words.contain("TO");
            default -> false;
        };
    }

    private static boolean writes(Words words) {
        String first = words.firstWord();
        if (first.equals("WITH")) {
            return words.contain("INSERT")
                    || words.contain("UPDATE")
                    || words.contain("DELETE")
                    || words.contain("MERGE")
                    || words.lockRows();
        }
        return !READS.contains(first) || words.lockRows() || (first.equals("SELECT") && words.contain("INTO"));
    }

    private record Words(List<SqlToken> tokens) {
        String at(int index) {
            return index < tokens.size() && tokens.get(index).kind() == Kind.WORD
                    ? tokens.get(index).text().toUpperCase(java.util.Locale.ROOT)
                    : "";
        }

        /** Behind opening parentheses, which may stand around a select. */
        String firstWord() {
            return IntStream.range(0, tokens.size())
                    .filter(i -> !tokens.get(i).isSymbol("("))
                    .mapToObj(this::at)
                    .findFirst()
                    .orElse("");
        }

        boolean startWith(String... words) {
            return IntStream.range(0, words.length).allMatch(i -> at(i).equals(words[i]));
        }

        boolean contain(String word) {
            return tokens.stream().anyMatch(token -> token.isWord(word));
        }

        /** {@code for update}, {@code for no key update}, {@code for share}, {@code for key share}. */
        boolean lockRows() {
            return IntStream.range(0, tokens.size())
                    .filter(i -> at(i).equals("FOR"))
                    .anyMatch(i -> Set.of("UPDATE", "NO", "SHARE", "KEY").contains(at(i + 1)));
        }
    }
}
