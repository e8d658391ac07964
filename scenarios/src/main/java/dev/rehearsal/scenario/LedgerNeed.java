package dev.rehearsal.scenario;

import dev.rehearsal.scenario.yaml.YamlNode;
import java.util.List;
import java.util.Set;

/**
 * Whether a scenario asks for what only a ledger can answer. Read from the file's tree, because operations are read before the faults and
 * objectives that need it.
 */
final class LedgerNeed {
    /** After which a server may be without what it had acknowledged. */
    private static final Set<String> LOSING_FAULTS = Set.of("crash", "failover", "diskFull");

    private static final Set<String> OBJECTIVES = Set.of("lostWrites");

    private LedgerNeed() {}

    /** By a fault that can lose writes, or by an objective. */
    static boolean of(Block scenario) {
        return ofFaults(scenario) || anyItemHas(scenario, "objectives", OBJECTIVES);
    }

    static boolean ofFaults(Block scenario) {
        return anyItemHas(scenario, "faults", LOSING_FAULTS);
    }

    private static boolean anyItemHas(Block scenario, String list, Set<String> keys) {
        List<YamlNode> items = scenario.get(list)
                .filter(value -> value.node() instanceof YamlNode.Sequence)
                .map(value -> ((YamlNode.Sequence) value.node()).items())
                .orElse(List.of());
        return items.stream()
                .anyMatch(item -> item instanceof YamlNode.Mapping mapping
                        && keys.stream().anyMatch(key -> mapping.get(key).isPresent()));
    }
}
