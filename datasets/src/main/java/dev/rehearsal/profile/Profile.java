package dev.rehearsal.profile;

import dev.rehearsal.scenario.DatasetDefinition;
import dev.rehearsal.scenario.Workload;
import java.util.List;
import java.util.Optional;

/**
 * Everything that a profile found out, ready to be written.
 *
 * @param address of the server, without a password
 * @param serverVersion such as {@code 15.18}
 * @param dataset its schema and a generator for each column that has statistics
 * @param statistics of each table that has rows
 * @param workload empty if the server has recorded no statements that can be replayed
 * @param notes on what could not be had, each a sentence
 */
public record Profile(
        String address,
        String serverVersion,
        DatasetDefinition dataset,
        List<TableStatistics> statistics,
        Optional<RecordedWorkload> workload,
        List<String> notes) {
    public Profile {
        statistics = List.copyOf(statistics);
        notes = List.copyOf(notes);
    }

    /**
     * A workload out of recorded statements.
     *
     * @param remarks on operations that are replayed, each a sentence
     * @param refused what is not replayed, the most frequent first
     * @param seconds over which the statements were counted
     */
    public record RecordedWorkload(
            Optional<Workload> workload, List<String> remarks, List<Refused> refused, double seconds) {
        public RecordedWorkload {
            remarks = List.copyOf(remarks);
            refused = List.copyOf(refused);
        }
    }

    /** A statement that is not replayed. */
    public record Refused(String statement, double callsPerSecond, String reason) {
        /** On one line, cut. */
        public String shortStatement() {
            return ScenarioText.statement(statement);
        }
    }
}
