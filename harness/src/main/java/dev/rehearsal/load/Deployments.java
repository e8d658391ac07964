package dev.rehearsal.load;

import java.util.ArrayList;
import java.util.List;

/**
 * Which version of a service an arrival meets: a pure function of its planned instant, a number drawn for it, and what was deployed when.
 *
 * <pre>
 *   share of v2   0 ────────╱──────── 1        from the deployment's start, over its length; an arrival meets v2
 *                        start    end           if the number drawn for it, from 0 to 1, is below the share
 * </pre>
 *
 * Not for several threads at once.
 */
final class Deployments {
    private final List<Window> windows = new ArrayList<>();

    /** @param version its number within the service, 0 for the old one */
    record Window(int version, long startNanos, long overNanos) {
        double share(long instantNanos) {
            if (instantNanos < startNanos) {
                return 0;
            }
            return overNanos == 0 ? 1 : Math.min(1, (double) (instantNanos - startNanos) / overNanos);
        }
    }

    /** Later than those before, and before any arrival of its time was asked for. */
    void add(Window window) {
        windows.add(window);
    }

    /** @param drawn from 0, less than 1 */
    int version(double drawn, long instantNanos) {
        int version = 0;
        for (Window window : windows) {
            if (drawn < window.share(instantNanos)) {
                version = window.version();
            }
        }
        return version;
    }
}
