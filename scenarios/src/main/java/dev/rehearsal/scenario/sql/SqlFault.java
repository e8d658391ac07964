package dev.rehearsal.scenario.sql;

/**
 * Something about a text of SQL that no server needs to be asked about.
 *
 * @param offset where it begins, in UTF-16 units
 * @param message what it is and what to do
 */
public record SqlFault(int offset, String message) {}
