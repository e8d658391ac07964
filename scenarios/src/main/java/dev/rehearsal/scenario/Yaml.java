package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlDocument;
import dev.rehearsal.scenario.yaml.YamlFault;
import dev.rehearsal.scenario.yaml.YamlNode;
import dev.rehearsal.scenario.yaml.YamlParser;
import java.util.Optional;

/** From a file to the mapping at its top. */
final class Yaml {
    private Yaml() {}

    /**
     * @param needed the keys without which the file is nothing, for the message about an empty one
     * @return empty if there is no mapping, which {@code problems} then says
     */
    static Optional<Value> read(SourceFile file, String needed, Problems problems) {
        problems.register(file);
        YamlDocument document = YamlParser.parse(file.name(), file.text());
        for (YamlFault fault : document.faults()) {
            problems.add(Value.location(fault.position()), fault.path(), fault.message());
        }
        if (document.root().isEmpty()) {
            if (document.faults().isEmpty()) {
                problems.add(new SourceLocation(file.name(), 1, 1), "", "is empty; it needs at least " + needed);
            }
            return Optional.empty();
        }
        Value root = new Value(document.root().get(), "", problems);
        if (!(root.node() instanceof YamlNode.Mapping)) {
            boolean nothing = root.node() instanceof YamlNode.Scalar scalar && scalar.isNothing();
            root.problem(
                    nothing
                            ? "is empty; it needs at least " + needed
                            : "must be a mapping with at least " + needed + ", got " + root.shown());
            return Optional.empty();
        }
        return Optional.of(root);
    }
}
