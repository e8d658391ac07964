/**
 * SQL as far as a client must understand it, which is no further than psql does: where a statement ends, where a parameter stands, whether a
 * statement may be in a transaction. The server parses; this package only finds borders.
 *
 * <p>Everything is built on {@link dev.rehearsal.scenario.sql.SqlLexer}, which knows PostgreSQL's quotes and comments. A word inside quotes, a
 * dollar-quoted body or a comment is never taken for a keyword, a parameter or a border. Places are offsets into the text, in UTF-16 units;
 * the callers know which file the text stands in.
 */
@NullMarked
package dev.rehearsal.scenario.sql;

import org.jspecify.annotations.NullMarked;
