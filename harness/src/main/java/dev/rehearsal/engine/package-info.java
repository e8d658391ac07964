/**
 * What differs between database servers, and who has to know it in more than one place: which version can do what ({@link
 * dev.rehearsal.engine.PostgresVersion}), and how its log is written and read ({@link dev.rehearsal.engine.LogFormat}).
 *
 * <p>The environment starts servers and keeps their logs, the instruments read them while they grow, and neither knows the other. What both
 * need is here: from 15 on PostgreSQL writes a log of JSON objects, 13 and 14 can write CSV at best, and either way one {@link
 * dev.rehearsal.engine.LogRecord} comes out. It knows nothing of locks, of runs or of scenarios.
 */
@NullMarked
package dev.rehearsal.engine;

import org.jspecify.annotations.NullMarked;
