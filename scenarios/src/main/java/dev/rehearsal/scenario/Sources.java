package dev.rehearsal.scenario;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where each part of a scenario stands.
 *
 * @param locations by the path that problems use, such as {@code workload.services[0].operations[1].transaction[0]}
 * @param lines the file's text, one element a line
 * @param statements where each statement's text stands, by the path {@code ….transaction[k]} of an operation or {@code
 *     migration.steps[i].statements[k]} and {@code migration.rollback.steps[i].statements[k]} of a step
 */
public record Sources(Map<String, SourceLocation> locations, List<String> lines, Map<String, SqlExcerpt> statements) {
    public Sources {
        locations = Map.copyOf(locations);
        lines = List.copyOf(lines);
        statements = Map.copyOf(statements);
    }

    public Sources(Map<String, SourceLocation> locations, List<String> lines) {
        this(locations, lines, Map.of());
    }

    public Optional<SourceLocation> of(String path) {
        return Optional.ofNullable(locations.get(path));
    }

    /**
     * The place of one character of a statement, for a caret under what a server complains about.
     *
     * @param path of the statement, see {@link #statements}
     * @param characterOffset into the statement, from 0, in UTF-16 units
     * @return empty for statements that no file has, such as those of the default workload
     */
    public Optional<SourceLocation> at(String path, int characterOffset) {
        return Optional.ofNullable(statements.get(path)).map(excerpt -> excerpt.at(characterOffset));
    }

    /** The same for a step's statement. */
    public Optional<SourceLocation> at(Step.SqlStatement statement, int characterOffset) {
        return statements.values().stream()
                .filter(excerpt ->
                        excerpt.start().file().equals(statement.location().file()))
                .filter(excerpt -> excerpt.at(0).equals(statement.location()))
                .findFirst()
                .map(excerpt -> excerpt.at(characterOffset));
    }
}
