package dev.rehearsal.scenario;

import dev.rehearsal.scenario.sql.StatementKind.IndexWork;
import java.util.List;
import java.util.stream.Stream;

/** The phases of an index that is built CONCURRENTLY, in the words of {@code pg_stat_progress_create_index}, PostgreSQL 13 to 18. */
public final class IndexPhase {
    private static final List<String> BUILDING = List.of(
            "initializing",
            "waiting for writers before build",
            "building index",
            "waiting for writers before validation",
            "index validation: scanning index",
            "index validation: sorting tuples",
            "index validation: scanning table",
            "waiting for old snapshots");
    /** The old index goes. */
    private static final List<String> REPLACING =
            List.of("waiting for readers before marking dead", "waiting for readers before dropping");

    private IndexPhase() {}

    /** In their order. */
    static List<String> of(IndexWork work) {
        return switch (work) {
            case NONE -> List.of();
            case CREATE_CONCURRENTLY -> BUILDING;
            case REINDEX_CONCURRENTLY ->
                Stream.concat(BUILDING.stream(), REPLACING.stream()).toList();
        };
    }

    /** Whether what the server says is that phase: access methods add words of their own, {@code building index: scanning table}. */
    public static boolean matches(String phase, String said) {
        return said.equals(phase) || said.startsWith(phase + ":");
    }
}
