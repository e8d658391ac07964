package dev.rehearsal.verdict;

import dev.rehearsal.scenario.SourceLocation;
import java.util.OptionalDouble;

/**
 * One objective, judged. A latency objective without service and operation becomes one finding an operation.
 *
 * @param objective the scenario file's word: {@code latency}, {@code errors}, {@code lockHold}, {@code lockWait}, {@code migrationTime}, {@code
 *     rewrites}, {@code rollback}; and {@code migration} for a step that failed, whatever the objectives say
 * @param subject what is judged, a phrase: {@code response p99 of place-order during the migration}
 * @param observed in {@code unit}; empty if nothing could be observed
 * @param limit in {@code unit}; empty where there is none
 * @param unit {@code ms}, {@code fraction} (0 to 1), {@code relations}, {@code differences} or {@code steps}
 * @param shownObserved the observed value as people read it, with its unit; a few words where there is no number
 * @param shownLimit likewise; empty where there is none
 * @param message sentences for a human: what, of what, during what, beside the baseline
 * @param source where the scenario file asks for it
 */
public record Finding(
        String objective,
        Verdict.Status status,
        String subject,
        OptionalDouble observed,
        OptionalDouble limit,
        String unit,
        String shownObserved,
        String shownLimit,
        String message,
        SourceLocation source) {}
