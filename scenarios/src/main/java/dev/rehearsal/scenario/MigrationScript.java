package dev.rehearsal.scenario;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The two directions of a file of migrations, told apart by comments in it, as dbmate ({@code -- migrate:up}), goose ({@code -- +goose Up}) and
 * sql-migrate ({@code -- +migrate Up}) have them; a file without such comments goes forwards.
 *
 * @param annotated whether it has such comments
 * @param up empty if the file only goes back
 */
record MigrationScript(boolean annotated, Optional<Section> up, Optional<Section> down) {
    private static final Pattern DBMATE = Pattern.compile("--\\s*migrate:(up|down)\\b(.*)", Pattern.CASE_INSENSITIVE);
    private static final Pattern GOOSE =
            Pattern.compile("--\\s*\\+(?:goose|migrate)\\s+(.+)", Pattern.CASE_INSENSITIVE);
    private static final Pattern SQLX = Pattern.compile("--\\s*no-transaction\\s*", Pattern.CASE_INSENSITIVE);

    /** Which part of a file. */
    enum Direction {
        UP,
        DOWN
    }

    /**
     * A part of a text.
     *
     * @param from of its first character, in UTF-16 units
     * @param wholes stretches within it that are one statement each, whatever they hold
     * @param transaction what a comment, or the tool that reads such comments, says; empty: nobody says anything
     */
    record Section(int from, int to, List<Stretch> wholes, Optional<Step.Transaction> transaction) {
        Section {
            wholes = List.copyOf(wholes);
        }
    }

    /** From one character to before another, in UTF-16 units. */
    record Stretch(int from, int to) {}

    static MigrationScript of(String text) {
        Reader reader = new Reader(text);
        int at = 0;
        while (at < text.length()) {
            int end = text.indexOf('\n', at);
            int next = end < 0 ? text.length() : end + 1;
            reader.line(text.substring(at, end < 0 ? text.length() : end).strip(), at, next);
            at = next;
        }
        return reader.script();
    }

    /** Goes through the lines of a text. */
    private static final class Reader {
        private final String text;
        private final List<Stretch> wholes = new ArrayList<>();
        private Optional<Direction> current = Optional.empty();
        private Optional<Step.Transaction> transaction = Optional.empty();
        private Optional<Section> up = Optional.empty();
        private Optional<Section> down = Optional.empty();
        private boolean noTransaction;
        private int from;
        private int wholeFrom = -1;

        Reader(String text) {
            this.text = text;
        }

        void line(String line, int at, int next) {
            Matcher dbmate = DBMATE.matcher(line);
            Matcher goose = GOOSE.matcher(line);
            if (dbmate.matches()) {
                begin(dbmate.group(1), at, next, dbmate.group(2).contains("transaction:false"));
            } else if (goose.matches()) {
                goose(goose.group(1).strip().toLowerCase(Locale.ROOT), at, next);
            } else if (SQLX.matcher(line).matches() && text.substring(0, at).isBlank()) {
                noTransaction = true;
            }
        }

        private void goose(String words, int at, int next) {
            if (words.startsWith("up") || words.startsWith("down")) {
                begin(words.startsWith("up") ? "up" : "down", at, next, words.contains("notransaction"));
            } else if (words.startsWith("no transaction")) {
                noTransaction = true;
            } else if (words.startsWith("statementbegin")) {
                wholeFrom = next;
            } else if (words.startsWith("statementend") && wholeFrom >= 0) {
                wholes.add(new Stretch(wholeFrom, at));
                wholeFrom = -1;
            }
        }

        private void begin(String word, int at, int next, boolean forbidden) {
            end(at);
            current = Optional.of(word.equalsIgnoreCase("up") ? Direction.UP : Direction.DOWN);
            // Those tools put the rest into a transaction whatever it holds, and so the server decides.
            transaction = Optional.of(forbidden ? Step.Transaction.NONE : Step.Transaction.ONE);
            from = next;
        }

        private void end(int at) {
            current.ifPresent(direction -> {
                if (wholeFrom >= 0) {
                    wholes.add(new Stretch(wholeFrom, at));
                }
                Section section = new Section(from, at, wholes, transaction);
                if (direction == Direction.UP) {
                    up = Optional.of(section);
                } else {
                    down = Optional.of(section);
                }
            });
            wholes.clear();
            wholeFrom = -1;
        }

        MigrationScript script() {
            end(text.length());
            Optional<Step.Transaction> none = noTransaction ? Optional.of(Step.Transaction.NONE) : Optional.empty();
            if (current.isEmpty()) {
                return new MigrationScript(
                        false, Optional.of(new Section(0, text.length(), List.of(), none)), Optional.empty());
            }
            return new MigrationScript(true, up.map(this::decided), down.map(this::decided));
        }

        private Section decided(Section section) {
            return noTransaction
                    ? new Section(section.from(), section.to(), section.wholes(), Optional.of(Step.Transaction.NONE))
                    : section;
        }
    }
}
