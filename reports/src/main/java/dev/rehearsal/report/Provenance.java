package dev.rehearsal.report;

import java.util.List;

/**
 * What the figures of a part of the page were computed from. The templates can neither open a table nor a list of facts without naming one, so that no figure
 * is without.
 *
 * <p>Evidence is in files of the run's directory, where the page lies; the same figures, unrounded, are in {@code result.json}.
 *
 * @param pointer JSON pointer into {@code result.json}
 * @param sections of the page that every run has
 */
public record Provenance(String pointer, List<Link> sections, List<File> files) {
    public static final Provenance OBJECTIVES =
            of("/findings", List.of("statements", "stages", "circumstances"), File.EVENTS, File.REQUESTS);
    public static final Provenance TIMELINE = of("/stages", List.of(), File.EVENTS, File.REQUESTS);
    public static final Provenance STATEMENTS = of("/steps", List.of("timeline"), File.EVENTS, File.SERVER_LOG);
    public static final Provenance VICTIMS =
            of("/steps", List.of("timeline", "stages"), File.SERVER_LOG, File.REQUESTS);
    public static final Provenance LOCKS = of("/steps", List.of("timeline"), File.EVENTS);
    public static final Provenance LINT = of("/lint", List.of("statements"), File.EVENTS);
    public static final Provenance STAGES = of("/stages", List.of("timeline"), File.REQUESTS, File.LATENCIES);
    public static final Provenance PERCENTILES = of("/stages", List.of("stages"), File.REQUESTS, File.LATENCIES);
    public static final Provenance QUEUES =
            of("/steps", List.of("statements", "timeline"), File.SERVER_LOG, File.EVENTS);
    public static final Provenance ROLLBACK = of("/rollback", List.of("statements"), File.EVENTS);
    public static final Provenance FAULTS = of("/faults", List.of("timeline"), File.EVENTS, File.REQUESTS);
    public static final Provenance LEDGER =
            of("/integrity", List.of("timeline"), File.LEDGER, File.REQUESTS, File.EVENTS);
    public static final Provenance DRILLS = of("/drills", List.of("statements"), File.EVENTS);
    public static final Provenance DATABASES = of("/databases", List.of("objectives"), File.EVENTS);
    public static final Provenance INSTRUMENTS =
            of("/validity", List.of("timeline", "stages"), File.EVENTS, File.REQUESTS);
    public static final Provenance DATASET = of("/dataset", List.of(), File.EVENTS);
    public static final Provenance ENVIRONMENT = of("/environment", List.of(), File.EVENTS);
    public static final Provenance NOTES = of("/notes", List.of(), File.EVENTS);
    public static final Provenance REPRODUCTION = of("/run", List.of(), File.EVENTS);

    public Provenance {
        sections = List.copyOf(sections);
        files = List.copyOf(files);
    }

    private static Provenance of(String pointer, List<String> sections, File... files) {
        return new Provenance(pointer, sections.stream().map(Provenance::place).toList(), List.of(files));
    }

    /**
     * @param target an anchor of the page
     * @param words what is there
     */
    public record Link(String target, String words) {}

    /** What is kept of a run beside the page, as far as figures come from it. */
    public enum File {
        EVENTS(
                "events.ndjson",
                "what the harness did and measured, each with its time: steps, statements, locks, samples"),
        REQUESTS("requests.bin", "every request: planned arrival, connection, end, outcome"),
        SERVER_LOG("server.log", "the server’s own words: who waited for whom and for how long"),
        LEDGER(
                "ledger.bin",
                "what each write of the ledger was answered, and whether it was there; only where operations leave entries"),
        LATENCIES("latency.hlog", "response times as histograms, by operation and second"),
        RESULT("result.json", "every figure of this page, unrounded, by name");

        private final String path;
        private final String holds;

        File(String path, String holds) {
            this.path = path;
            this.holds = holds;
        }

        /** Relative to the page. */
        public String path() {
            return path;
        }

        /** One phrase. */
        public String holds() {
            return holds;
        }

        /** Of its line on the page. */
        public String anchor() {
            return "file-" + path.substring(0, path.indexOf('.'));
        }
    }

    private static Link place(String section) {
        return new Link(
                section,
                switch (section) {
                    case "timeline" -> "the charts";
                    case "stages" -> "response times";
                    default -> section;
                });
    }
}
