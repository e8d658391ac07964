package dev.rehearsal.scenario;

/**
 * One thing that is wrong with a file of the user's.
 *
 * @param path such as {@code workload.services[0].rate}; empty when the file as a whole is meant
 * @param message what is wrong, what was found, what to do
 * @param sourceLine the text of the line, so that a caret can be put under the place; empty if there is none
 */
public record Problem(SourceLocation location, String path, String message, String sourceLine) {}
