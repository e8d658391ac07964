/**
 * The documentation, made ready: the reference of the scenario language out of its JSON Schemas, and all pages in one file that needs no network.
 *
 * <p>People write Markdown where it belongs: beside what it is about, so that a change of the one is a change of the other. {@link
 * dev.rehearsal.documentation.Manual} names the pages and their order, {@link dev.rehearsal.documentation.MarkdownPage} reads them, and the build
 * makes {@code reports/target/documentation/documentation.html}. A link to another page becomes one within the file; one to anything else in
 * the repository becomes that file's name, because the file may be read where the repository is not. So no link of it leads nowhere, which a test
 * holds; another holds that every complete scenario in it loads and every command exists.
 *
 * <p>What cannot be written twice without drifting apart is generated: {@link dev.rehearsal.documentation.SchemaReference} makes {@code
 * reports/docs/scenario-reference.md}, which is committed, so that it can be read where the repository is, and compared with the schemas by a test.
 *
 * <p>Nothing here runs in a rehearsal. The Markdown library is there when the project is built and not in the application.
 */
@NullMarked
package dev.rehearsal.documentation;

import org.jspecify.annotations.NullMarked;
