package dev.rehearsal.scenario.yaml;

/**
 * A place in a text.
 *
 * @param source the name of the text
 * @param line from 1
 * @param column from 1, in code points
 */
public record Position(String source, int line, int column) {}
