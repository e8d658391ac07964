package dev.rehearsal.report;

import dev.rehearsal.report.Check.Level;
import dev.rehearsal.run.RunRecord;
import dev.rehearsal.verdict.Verdict;
import java.util.List;
import java.util.Locale;

/**
 * {@code junit.xml}, as Surefire's schema 3.0 has it: one test case a finding and a drill. A failed one is a failure; an inconclusive one is an error, so
 * that no build takes what is not known for passed. A run that is not valid, or has nothing to judge, has a test case of its own that says why. A drill
 * that found something and decides nothing is skipped, with what it found.
 */
public final class JUnitXml {
    private JUnitXml() {}

    public static String render(RunRecord run, Verdict verdict) {
        List<Check> checks = Check.of(run, verdict);
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
        xml.append("<testsuite")
                .append(attribute("version", "3.0"))
                .append(attribute("name", run.started().scenario()))
                .append(attribute(
                        "time", seconds(run.lastSeenNanos() - run.started().atNanos())))
                .append(attribute("tests", checks.size()))
                .append(attribute("errors", Check.count(checks, Level.INCONCLUSIVE)))
                .append(attribute("skipped", Check.count(checks, Level.TOLD)))
                .append(attribute("failures", Check.count(checks, Level.FAILED)))
                .append(">\n  <properties>\n");
        property(xml, "verdict", verdict.status().word());
        property(xml, "story", verdict.story().headline());
        property(xml, "started", run.started().wallClock().toString());
        property(xml, "seed", String.valueOf(run.started().seed()));
        run.dataset().ifPresent(dataset -> property(xml, "dataset", dataset.fingerprint()));
        xml.append("  </properties>\n");
        checks.forEach(check -> testCase(xml, run, check));
        return xml.append("</testsuite>\n").toString();
    }

    private static void property(StringBuilder xml, String name, String value) {
        xml.append("    <property")
                .append(attribute("name", name))
                .append(attribute("value", value))
                .append("/>\n");
    }

    /** Its time is the suite's: objectives are judged together, when all is over. */
    private static void testCase(StringBuilder xml, RunRecord run, Check check) {
        xml.append("  <testcase")
                .append(attribute("name", check.subject()))
                .append(attribute("classname", run.started().scenario()))
                .append(attribute("time", seconds(0)));
        switch (check.level()) {
            case PASSED -> xml.append("/>\n");
            case FAILED -> problem(xml, "failure", attribute("type", check.rule()), check);
            case INCONCLUSIVE -> problem(xml, "error", attribute("type", "inconclusive"), check);
            case TOLD -> problem(xml, "skipped", "", check);
        }
    }

    private static void problem(StringBuilder xml, String element, String type, Check check) {
        xml.append(">\n    <")
                .append(element)
                .append(attribute("message", check.message()))
                .append(type)
                .append(">")
                .append(PlainText.forXml(check.message() + "\n" + check.place()
                        + check.asked().map(asked -> "\nasked for at " + asked).orElse("")))
                .append("</")
                .append(element)
                .append(">\n  </testcase>\n");
    }

    private static String seconds(long nanos) {
        return String.format(Locale.ROOT, "%.3f", nanos / 1e9);
    }

    private static String attribute(String name, Object value) {
        return " " + name + "=\"" + PlainText.forXml(String.valueOf(value)) + "\"";
    }
}
