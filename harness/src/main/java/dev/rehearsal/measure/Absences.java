package dev.rehearsal.measure;

/**
 * When the server was away because the scenario asked for it: what instruments then could not do is no trouble of theirs. Safe for use by several
 * threads.
 *
 * <p>An instrument remembers {@link #begun} from before it opened its connection. A failure is excused if another absence has begun since.
 */
final class Absences {
    private int begun;
    private int ended;

    synchronized void begins() {
        begun++;
    }

    synchronized void ends() {
        ended = begun;
        notifyAll();
    }

    /** How many there have been, the present one included. */
    synchronized int begun() {
        return begun;
    }

    /** Whether what was opened when {@code begun} had begun is broken by one that began since. */
    synchronized boolean haveBegunSince(int begunBefore) {
        return begun != begunBefore;
    }

    synchronized boolean present() {
        return ended == begun;
    }

    /** Returns when the server is there, or will not come again. */
    synchronized void awaitEnd() throws InterruptedException {
        while (ended != begun) {
            wait();
        }
    }
}
