package dev.rehearsal.scenario.yaml;

/**
 * Why a text is not the YAML that we take.
 *
 * @param path of the key it concerns, such as {@code workload.arrivals}; empty when the text as a whole cannot be read
 */
public record YamlFault(Position position, String path, String message) {}
