package dev.rehearsal.scenario;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code drills}. */
final class DrillReader {
    private static final String ADVICE = "write e.g. drills: [ rerun ]";
    private static final List<String> LATER = List.of("failover");

    private DrillReader() {}

    static List<Drill> read(Value value) {
        Map<String, Drill> words = new LinkedHashMap<>();
        for (Drill drill : Drill.values()) {
            words.put(drill.word(), drill);
        }
        List<Drill> drills = new ArrayList<>();
        for (Value item : value.filledList(ADVICE)) {
            item.word(words, LATER).ifPresent(drill -> {
                if (drills.contains(drill)) {
                    item.problem("is listed already; remove it");
                } else {
                    drills.add(drill);
                }
            });
        }
        return drills;
    }
}
