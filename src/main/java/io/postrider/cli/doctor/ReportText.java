package io.postrider.cli.doctor;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postrider.doctor.Mark;
import io.postrider.doctor.Remark;
import io.postrider.doctor.Report;
import io.postrider.doctor.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/** A report for a person and for a machine. */
public final class ReportText {

    private static final String INDENT = " ".repeat(10);

    private ReportText() {}

    /**
     * One line for each remark under the title of its topic, and one below it for what to do.
     *
     * @param paint puts a word in the colour of its mark
     */
    public static List<String> lines(Report report, BiFunction<Mark, String, String> paint) {
        List<String> lines = new ArrayList<>();
        for (Topic topic : Topic.values()) {
            List<Remark> remarks = report.on(topic);
            if (remarks.isEmpty()) {
                continue;
            }
            lines.add(topic.title());
            for (Remark remark : remarks) {
                String word = remark.mark().word();
                lines.add("  " + paint.apply(remark.mark(), word) + " ".repeat(8 - word.length()) + remark.found());
                remark.advice().ifPresent(advice -> lines.add(INDENT + "-> " + advice));
            }
            lines.add("");
        }
        lines.add(summary(report));
        return lines;
    }

    private static String summary(Report report) {
        String counts = report.count(Mark.FIX) + " to fix, " + report.count(Mark.UNKNOWN) + " not known, "
                + report.count(Mark.WARN) + (report.count(Mark.WARN) == 1 ? " warning" : " warnings");
        return report.domain() + ": " + (report.isWell() ? "nothing to fix (" + counts + ")" : counts);
    }

    /** {@code {"domain", "well", "fix", "unknown", "warn", "findings": [{"topic", "mark", "found", "advice"}]}}. */
    public static String json(Report report) {
        ObjectNode json = new ObjectMapper().createObjectNode();
        json.put("domain", report.domain().name());
        json.put("well", report.isWell());
        json.put("fix", report.count(Mark.FIX));
        json.put("unknown", report.count(Mark.UNKNOWN));
        json.put("warn", report.count(Mark.WARN));
        ArrayNode findings = json.putArray("findings");
        for (Remark remark : report.remarks()) {
            ObjectNode finding = findings.addObject();
            finding.put("topic", remark.topic().label());
            finding.put("mark", remark.mark().name().toLowerCase(Locale.ROOT));
            finding.put("found", remark.found());
            remark.advice().ifPresent(advice -> finding.put("advice", advice));
        }
        return json.toPrettyString();
    }
}
