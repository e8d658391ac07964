package dev.rehearsal.engine;

import java.nio.file.Path;

/** A server's log on this machine: one file for the server's whole life, never rotated. */
public record LogFile(Path path, LogFormat format) {}
