package dev.rehearsal.measure;

/**
 * A setting that a client of a pooler has set for its session, and that the session which serves it now does not have.
 *
 * @param value that it has there instead
 * @param backendPid of that session
 */
public record LostSetting(String name, String value, int backendPid) {}
