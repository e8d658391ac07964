package dev.rehearsal.load;

import dev.rehearsal.scenario.Workload.OperationStatement;

/**
 * Finds the place in a statement as written that the server means by an offset into the text it was sent.
 *
 * <pre>
 * written   select * from orders where id = :id and data ? :key
 * for JDBC  select * from orders where id = ? and data ?? ?
 * sent      select * from orders where id = $1 and data ? $2
 * </pre>
 */
final class StatementOffsets {
    private StatementOffsets() {}

    /**
     * The offset in {@code statement.sql()}, from 0, of the character that was sent at {@code sentOffset}; within a parameter, that of its colon.
     */
    static int toWritten(OperationStatement statement, int sentOffset) {
        String written = statement.sql();
        String jdbc = statement.jdbcSql();
        int inWritten = 0;
        int inJdbc = 0;
        int sent = 0;
        int parameter = 0;
        while (inJdbc < jdbc.length() && inWritten < written.length()) {
            int writtenStep = 1;
            int jdbcStep = 1;
            int sentStep = 1;
            boolean parameterHere = false;
            if (jdbc.charAt(inJdbc) == '?') {
                if (written.charAt(inWritten) == ':') {
                    writtenStep = 1 + statement.parameterNames().get(parameter).length();
                    parameter++;
                    sentStep = 1 + Integer.toString(parameter).length();
                    parameterHere = true;
                } else {
                    // A run of operator characters is doubled for JDBC; in quotes and comments it is not.
                    writtenStep = questionMarks(written, inWritten);
                    jdbcStep = questionMarks(jdbc, inJdbc) >= 2 * writtenStep ? 2 * writtenStep : writtenStep;
                    sentStep = writtenStep;
                }
            }
            if (sentOffset < sent + sentStep) {
                return parameterHere ? inWritten : inWritten + sentOffset - sent;
            }
            inWritten += writtenStep;
            inJdbc += jdbcStep;
            sent += sentStep;
        }
        return Math.min(inWritten, written.length());
    }

    private static int questionMarks(String text, int from) {
        int end = from;
        while (end < text.length() && text.charAt(end) == '?') {
            end++;
        }
        return end - from;
    }
}
