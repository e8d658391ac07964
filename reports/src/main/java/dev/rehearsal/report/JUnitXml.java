package dev.rehearsal.report;

import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Finding;
import dev.rehearsal.verdict.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * {@code junit.xml}: one test case a finding. A failed one is a failure; an inconclusive one is an error, so that no build takes what is not
 * known for passed. A run that is not valid, or has nothing to judge, has a test case of its own that says why.
 */
public final class JUnitXml {
    private JUnitXml() {}

    public static String render(RunRecord run, Verdict verdict) {
        boolean extra = verdict.findings().isEmpty() || !verdict.validity().valid();
        long errors = verdict.count(Verdict.Status.INCONCLUSIVE) + (extra ? 1 : 0);
        String counts = attribute("tests", verdict.findings().size() + (extra ? 1 : 0))
                + attribute("failures", verdict.count(Verdict.Status.FAILED))
                + attribute("errors", errors)
                + attribute("skipped", 0);
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<testsuites")
                .append(attribute("name", "harness rehearse"))
                .append(counts)
                .append(">\n");
        xml.append("  <testsuite")
                .append(attribute("name", run.started().scenario()))
                .append(counts)
                .append(attribute(
                        "time",
                        String.format(
                                Locale.ROOT,
                                "%.3f",
                                (run.lastSeenNanos() - run.started().atNanos()) / 1e9)))
                .append(attribute("timestamp", run.started().wallClock().toString()))
                .append(">\n");
        if (extra) {
            validity(xml, run, verdict);
        }
        verdict.findings().forEach(finding -> testCase(xml, run, finding));
        xml.append("    <system-out>")
                .append(PlainText.forXml(String.join("\n", story(verdict))))
                .append("</system-out>\n");
        return xml.append("  </testsuite>\n</testsuites>\n").toString();
    }

    private static List<String> story(Verdict verdict) {
        return verdict.story()
                .subject()
                .map(subject ->
                        List.of(subject, String.join("\n", verdict.story().sentences())))
                .orElse(verdict.story().sentences());
    }

    private static void validity(StringBuilder xml, RunRecord run, Verdict verdict) {
        List<String> reasons = verdict.validity().valid()
                ? List.of("No objective was judged.")
                : verdict.validity().reasons();
        xml.append("    <testcase")
                .append(attribute("classname", run.started().scenario()))
                .append(attribute("name", "validity of the run"))
                .append(">\n      <error")
                .append(attribute("type", "inconclusive"))
                .append(attribute("message", String.join(" ", reasons)))
                .append("/>\n    </testcase>\n");
    }

    private static void testCase(StringBuilder xml, RunRecord run, Finding finding) {
        xml.append("    <testcase")
                .append(attribute("classname", run.started().scenario()))
                .append(attribute("name", finding.subject()))
                .append(attribute("file", finding.source().file()))
                .append(attribute("line", finding.source().line()));
        switch (finding.status()) {
            case PASSED -> xml.append("/>\n");
            case FAILED -> problem(xml, "failure", finding);
            case INCONCLUSIVE -> problem(xml, "error", finding);
        }
    }

    private static void problem(StringBuilder xml, String element, Finding finding) {
        String type = finding.status() == Verdict.Status.FAILED ? finding.objective() : "inconclusive";
        xml.append(">\n      <")
                .append(element)
                .append(attribute("type", type))
                .append(attribute("message", finding.message()))
                .append(">")
                .append(PlainText.forXml(finding.message() + "\n" + finding.source()))
                .append("</")
                .append(element)
                .append(">\n    </testcase>\n");
    }

    private static String attribute(String name, Object value) {
        return " " + name + "=\"" + PlainText.forXml(String.valueOf(value)) + "\"";
    }
}
