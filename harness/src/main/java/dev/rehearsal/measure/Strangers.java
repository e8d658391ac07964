package dev.rehearsal.measure;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Sessions at the server that are nobody's whom the harness knows, while a tool migrates. Safe for use by several threads. */
final class Strangers {
    private final Map<Integer, String> names = new TreeMap<>();

    /** @param applicationName which may come a moment after its session */
    synchronized void seen(int pid, String applicationName) {
        if (!applicationName.isEmpty() || !names.containsKey(pid)) {
            names.put(pid, applicationName);
        }
    }

    /** What they call themselves. */
    synchronized Set<String> names() {
        return new LinkedHashSet<>(names.values());
    }
}
