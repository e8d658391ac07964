package dev.rehearsal.scenario;

import java.util.Map;
import java.util.Optional;

/**
 * Where each part of a scenario stands.
 *
 * @param locations by the path that problems use, such as {@code workload.services[0].operations[1].transaction[0]}
 * @param lines the file's text, one element a line
 */
public record Sources(Map<String, SourceLocation> locations, java.util.List<String> lines) {
    public Sources {
        locations = Map.copyOf(locations);
        lines = java.util.List.copyOf(lines);
    }

    public Optional<SourceLocation> of(String path) {
        return Optional.ofNullable(locations.get(path));
    }
}
