package dev.rehearsal.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code drills}; an empty list asks for none. */
final class DrillReader {
    private static final String ADVICE = "write e.g. drills: [ rerun ], or drills: [] for none";

    private DrillReader() {}

    /**
     * @param environment that the drills' servers are like
     * @param severalDatabases whether the scenario says that there are
     */
    static List<Drill> read(Value value, EnvironmentSpec environment, boolean severalDatabases) {
        boolean external = environment.runtime() == EnvironmentSpec.RuntimeChoice.EXTERNAL;
        int replicas = environment.replication().replicas();
        Map<String, Drill> words = new LinkedHashMap<>();
        for (Drill drill : Drill.values()) {
            words.put(drill.word(), drill);
        }
        List<Drill> drills = new ArrayList<>();
        for (Value item : value.list(ADVICE)) {
            item.word(words, List.of()).ifPresent(drill -> {
                if (drills.contains(drill)) {
                    item.problem("is listed already; remove it");
                } else {
                    drills.add(drill);
                }
                if (external && (drill == Drill.FAILOVER || drill == Drill.CRASH)) {
                    item.problem(OwnServersOnly.REASON);
                } else if (drill == Drill.FAILOVER && replicas == 0) {
                    item.problem("there is no replica to fail over to; add environment: { replicas: 1 }");
                } else if (drill == Drill.DRIFT && !severalDatabases) {
                    item.problem("there is one database, which nothing can differ from; add databases: { count: 3 }");
                }
            });
        }
        return drills;
    }
}
