package dev.rehearsal.scenario.yaml;

import java.util.List;
import java.util.Optional;

/**
 * A text as read.
 *
 * @param root empty if the text holds nothing, or cannot be read
 * @param faults in order; a text with faults may still have a root, so that further problems can be found at once
 */
public record YamlDocument(Optional<YamlNode> root, List<YamlFault> faults) {
    public YamlDocument {
        faults = List.copyOf(faults);
    }
}
