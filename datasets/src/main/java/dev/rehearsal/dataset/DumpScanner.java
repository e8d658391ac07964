package dev.rehearsal.dataset;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Cuts a dump into statements and rows as it is read, where psql would cut it. Holds one statement at a time and no rows, so that the dump's size does
 * not matter. Not thread-safe.
 *
 * <pre>
 *   create table t (…);               next() ─> Sql
 *   copy t (id) from stdin;           next() ─> Sql
 *   1                                 rows(sink)
 *   2
 *   \.
 *   \\unrestrict x                    next() ─> Command
 * </pre>
 *
 * <p>It works on bytes, in any encoding whose other characters have no ASCII bytes: all that a server can have.
 */
final class DumpScanner {
    /** A single statement of more is no statement of a dump. */
    static final int LONGEST_STATEMENT = 256 << 20;

    private static final int END = -1;
    private static final byte[] COMPLETE = ascii("-- PostgreSQL database dump complete");
    private static final byte[] BEGINNING = ascii("-- PostgreSQL database dump");

    private final InputStream in;
    private final byte[] buffer;
    private int at;
    private int limit;
    private boolean ended;
    /** Of the byte at {@link #at}. */
    private long offset;

    private long line = 1;

    private byte[] text = new byte[1 << 12];
    private int size;
    private boolean backslashes;
    private boolean begun;
    private boolean complete;

    DumpScanner(InputStream in) {
        this(in, 1 << 18);
    }

    /** @param bufferBytes at least 16 */
    DumpScanner(InputStream in, int bufferBytes) {
        this.in = in;
        this.buffer = new byte[bufferBytes];
    }

    /** What stands between two semicolons, or on a line for psql. */
    sealed interface Part {
        /** Of its first byte, from 1. */
        long line();

        /** A statement, without its semicolon. */
        record Sql(ByteBuffer text, long line) implements Part {}

        /** A line that begins with a backslash. */
        record Command(ByteBuffer text, long line) implements Part {}
    }

    /** Takes rows in pieces that end anywhere. */
    interface RowSink {
        void write(byte[] bytes, int from, int length) throws IOException, java.sql.SQLException;
    }

    /** The dump ends where it must not. */
    static final class CutOffException extends EOFException {
        private static final long serialVersionUID = 1;

        CutOffException(String message) {
            super(message);
        }
    }

    /** Of the byte that is read next, from 1. */
    long line() {
        return line;
    }

    /** Bytes read. */
    long offset() {
        return offset;
    }

    /** As {@code set standard_conforming_strings = off}: a backslash escapes in every string. */
    void backslashesEscape(boolean backslashes) {
        this.backslashes = backslashes;
    }

    /** Whether this is a dump of {@code pg_dump} without its last line, which that always writes. Known at the end. */
    boolean lacksItsEnd() {
        return begun && !complete;
    }

    /**
     * The next statement or command; empty at the end.
     *
     * @throws CutOffException if the dump ends within a statement, with where that began
     */
    Optional<Part> next() throws IOException {
        skipToText();
        if (peek() == END) {
            return Optional.empty();
        }
        size = 0;
        long firstLine = line;
        if (peek() == '\\') {
            takeLine();
            return Optional.of(new Part.Command(taken(), firstLine));
        }
        statement(firstLine);
        return Optional.of(new Part.Sql(taken(), firstLine));
    }

    // ---- between statements -------------------------------------------------------------------------------------

    private void skipToText() throws IOException {
        while (true) {
            int b = peek();
            if (b == '-' && peekSecond() == '-') {
                size = 0;
                takeLine();
                remark();
            } else if (b == '/' && peekSecond() == '*') {
                size = 0;
                blockComment();
            } else if (isSpace(b) || b == ';') {
                skip();
            } else if (b == 0xef
                    && limit - at >= 3
                    && (buffer[at + 1] & 0xff) == 0xbb
                    && (buffer[at + 2] & 0xff) == 0xbf) {
                // A byte order mark, which an editor may have put in front.
                skip();
                skip();
                skip();
            } else {
                return;
            }
        }
    }

    private void remark() {
        if (startsWith(COMPLETE)) {
            complete = true;
        } else if (startsWith(BEGINNING)) {
            begun = true;
        }
    }

    private boolean startsWith(byte[] beginning) {
        return size >= beginning.length && Arrays.equals(text, 0, beginning.length, beginning, 0, beginning.length);
    }

    // ---- statements ---------------------------------------------------------------------------------------------

    private void statement(long firstLine) throws IOException {
        int parentheses = 0;
        Bodies bodies = new Bodies();
        while (true) {
            int b = peek();
            if (b == END) {
                throw new CutOffException("ends within the statement that begins at line " + firstLine);
            }
            if (b == ';' && parentheses == 0 && !bodies.open()) {
                skip();
                return;
            }
            if (b == '\'') {
                string(escapes(), firstLine);
            } else if (b == '"') {
                take();
                until('"', firstLine);
            } else if (b == '-' && peekSecond() == '-') {
                takeLine();
            } else if (b == '/' && peekSecond() == '*') {
                blockComment();
            } else if (b == '$' && !behindWord()) {
                dollar(firstLine);
            } else if (isWordStart(b)) {
                int start = size;
                while (isWordPart(peek())) {
                    take();
                }
                bodies.word(text, start, size);
            } else {
                parentheses = Math.max(0, parentheses + (b == '(' ? 1 : b == ')' ? -1 : 0));
                take();
            }
        }
    }

    /** {@code begin atomic … end} of a routine, in which semicolons end nothing; {@code case} and {@code begin} nest in it. */
    private static final class Bodies {
        private int words;
        private boolean create;
        private boolean routine;
        private boolean begin;
        private int depth;

        boolean open() {
            return depth > 0;
        }

        void word(byte[] text, int start, int end) {
            words++;
            // Statements of data have millions of words; the few that matter are short and come early, or in a routine.
            if (end - start > 9 || (words > 5 && !routine)) {
                return;
            }
            String word = new String(text, start, end - start, java.nio.charset.StandardCharsets.ISO_8859_1)
                    .toUpperCase(Locale.ROOT);
            create |= words == 1 && word.equals("CREATE");
            routine |= create && words <= 5 && (word.equals("FUNCTION") || word.equals("PROCEDURE"));
            if (depth > 0) {
                depth += word.equals("CASE") || word.equals("BEGIN") ? 1 : word.equals("END") ? -1 : 0;
            } else if (routine && begin && word.equals("ATOMIC")) {
                depth = 1;
            }
            begin = word.equals("BEGIN");
        }
    }

    /** Whether the string that begins here is one of {@code E'…'}, or of a time in which all of them were. */
    private boolean escapes() {
        boolean marked =
                size > 0 && (text[size - 1] | 0x20) == 'e' && (size == 1 || !isWordPart(text[size - 2] & 0xff));
        return backslashes || marked;
    }

    private boolean behindWord() {
        return size > 0 && isWordPart(text[size - 1] & 0xff);
    }

    private void string(boolean escapes, long firstLine) throws IOException {
        take();
        while (true) {
            int b = takeOrFail(firstLine);
            if (b == '\\' && escapes) {
                takeOrFail(firstLine);
            } else if (b == '\'') {
                if (peek() != '\'') {
                    return;
                }
                take();
            }
        }
    }

    private void until(char end, long firstLine) throws IOException {
        while (takeOrFail(firstLine) != end) {
            // Doubled, it ends one and begins another, which comes to the same.
        }
    }

    private void dollar(long firstLine) throws IOException {
        int start = size;
        take();
        if (isWordStart(peek())) {
            while (isWordPart(peek()) && peek() != '$') {
                take();
            }
        }
        if (peek() != '$') {
            return;
        }
        take();
        byte[] tag = Arrays.copyOfRange(text, start, size);
        int bodyStart = size;
        while (true) {
            int b = takeOrFail(firstLine);
            int from = size - tag.length;
            if (b == '$' && from >= bodyStart && Arrays.equals(text, from, size, tag, 0, tag.length)) {
                return;
            }
        }
    }

    private void blockComment() throws IOException {
        long firstLine = line;
        int depth = 0;
        do {
            int b = peek();
            int second = peekSecond();
            if (b == END) {
                throw new CutOffException("ends within the comment that begins at line " + firstLine);
            }
            boolean opens = b == '/' && second == '*';
            boolean closes = b == '*' && second == '/';
            if (opens || closes) {
                depth += opens ? 1 : -1;
                take();
            }
            take();
        } while (depth > 0);
    }

    // ---- rows ---------------------------------------------------------------------------------------------------

    /**
     * Hands on the rows behind a {@code copy … from stdin}, up to the line {@code \.}, which is read too.
     *
     * @throws CutOffException if the dump ends before that line
     */
    void rows(RowSink sink) throws IOException, java.sql.SQLException {
        skipRestOfLine();
        while (true) {
            // Enough to see the whole of a line that ends the rows.
            if (limit - at < 4) {
                fill();
            }
            if (at == limit) {
                throw new CutOffException("ends within the rows");
            }
            if (isEndOfRows()) {
                while (at < limit && buffer[at] != '\n') {
                    skip();
                }
                if (at < limit) {
                    skip();
                }
                return;
            }
            handOnLines(sink);
        }
    }

    private boolean isEndOfRows() {
        int left = limit - at;
        if (left < 2 || buffer[at] != '\\' || buffer[at + 1] != '.') {
            return false;
        }
        return left == 2 || buffer[at + 2] == '\n' || (buffer[at + 2] == '\r' && (left == 3 || buffer[at + 3] == '\n'));
    }

    private boolean mayEndRows(int start) {
        return start < limit && buffer[start] == '\\' && (start + 1 >= limit || buffer[start + 1] == '.');
    }

    /** As many whole lines as are in the buffer before one that may be the last; or a part of one that is longer than the buffer. */
    private void handOnLines(RowSink sink) throws IOException, java.sql.SQLException {
        int end = at;
        boolean whole = true;
        while (whole && end < limit) {
            int newline = end;
            while (newline < limit && buffer[newline] != '\n') {
                newline++;
            }
            whole = newline < limit;
            if (whole) {
                end = newline + 1;
                line++;
                whole = !mayEndRows(end);
            }
        }
        if (end == at) {
            longLine(sink);
            return;
        }
        sink.write(buffer, at, end - at);
        offset += end - at;
        at = end;
    }

    private void longLine(RowSink sink) throws IOException, java.sql.SQLException {
        boolean newline = false;
        while (!newline) {
            if (at == limit) {
                fill();
            }
            if (at == limit) {
                return;
            }
            int end = at;
            while (end < limit && buffer[end] != '\n') {
                end++;
            }
            newline = end < limit;
            end += newline ? 1 : 0;
            sink.write(buffer, at, end - at);
            offset += end - at;
            at = end;
        }
        line++;
    }

    private void skipRestOfLine() throws IOException {
        int b = peek();
        while (b != END && b != '\n') {
            skip();
            b = peek();
        }
        if (b == '\n') {
            skip();
        }
    }

    // ---- bytes --------------------------------------------------------------------------------------------------

    private int peek() throws IOException {
        if (at == limit) {
            fill();
        }
        return at == limit ? END : buffer[at] & 0xff;
    }

    private int peekSecond() throws IOException {
        if (limit - at < 2) {
            fill();
        }
        return limit - at < 2 ? END : buffer[at + 1] & 0xff;
    }

    /** Moves what is left to the front and reads on until there is as much as a decision needs, or the end. */
    private void fill() throws IOException {
        System.arraycopy(buffer, at, buffer, 0, limit - at);
        limit -= at;
        at = 0;
        while (!ended && limit < 8) {
            int read = in.read(buffer, limit, buffer.length - limit);
            ended = read < 0;
            limit += Math.max(0, read);
        }
    }

    private int takeOrFail(long firstLine) throws IOException {
        int b = peek();
        if (b == END) {
            throw new CutOffException("ends within the statement that begins at line " + firstLine);
        }
        take();
        return b;
    }

    private void take() {
        append(buffer[at]);
        skip();
    }

    private void append(int b) {
        if (size == text.length) {
            if (size >= LONGEST_STATEMENT) {
                throw new IllegalStateException("a statement of more than " + LONGEST_STATEMENT + " bytes");
            }
            text = Arrays.copyOf(text, size * 2);
        }
        text[size++] = (byte) b;
    }

    private void skip() {
        if (buffer[at] == '\n') {
            line++;
        }
        at++;
        offset++;
    }

    private void takeLine() throws IOException {
        while (peek() != END && peek() != '\n') {
            take();
        }
    }

    private ByteBuffer taken() {
        return ByteBuffer.wrap(Arrays.copyOf(text, size)).asReadOnlyBuffer();
    }

    private static boolean isSpace(int b) {
        return b == ' ' || (b >= '\t' && b <= '\r');
    }

    private static boolean isWordStart(int b) {
        return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b == '_' || b >= 0x80;
    }

    private static boolean isWordPart(int b) {
        return isWordStart(b) || (b >= '0' && b <= '9') || b == '$';
    }

    private static byte[] ascii(String text) {
        return text.getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    }
}
