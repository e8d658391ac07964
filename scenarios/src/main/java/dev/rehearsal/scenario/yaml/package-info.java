/**
 * YAML with places: a tree in which every key and value knows its line and column. The one door to snakeyaml-engine.
 *
 * <p>Deliberately less than YAML: one document, no anchors, aliases or tags, no key twice, at most {@value
 * dev.rehearsal.scenario.yaml.YamlParser#MAXIMUM_DEPTH} levels. What remains cannot explode, and reads the same for everyone. Built from the
 * parser's events with a stack of our own, so that a hostile file ends in a {@link dev.rehearsal.scenario.yaml.YamlFault} and not in a
 * StackOverflowError.
 *
 * <p>Scalars stay as written. What a text means (a number, a duration, nothing) is decided by whoever reads the key.
 */
@NullMarked
package dev.rehearsal.scenario.yaml;

import org.jspecify.annotations.NullMarked;
