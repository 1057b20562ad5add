package io.postrider.cli.demo;

import io.postrider.cli.ask.Table;
import java.util.ArrayList;
import java.util.List;

/**
 * The node's books beside two counts that know nothing of it.
 *
 * @param answered recipients that the injector saw answered 250
 * @param reports that the sender's own server took: the node sent these by itself
 * @param received recipients that the sinks took
 * @param refused recipients that the sinks refused for good
 */
record Books(Totals node, long answered, long reports, long received, long refused) {

    boolean balance() {
        return complaints().isEmpty();
    }

    /** What does not fit, in words. */
    List<String> complaints() {
        List<String> complaints = new ArrayList<>();
        expect(complaints, node.balances(), "the node's own totals do not add up");
        expect(complaints, node.queued() == 0, node.queued() + " recipients are still queued");
        expect(
                complaints,
                node.accepted() == answered + reports,
                "the node and the injector differ over what was accepted");
        expect(complaints, reports == refused, "the sender did not get a report on each that was refused");
        expect(
                complaints,
                node.delivered() == received,
                "the node and the mail servers differ over what was delivered");
        expect(complaints, node.bounced() == refused, "the node and the mail servers differ over what bounced");
        return complaints;
    }

    List<String> lines() {
        Table table = new Table(List.of("recipients", "node", "injector", "mail servers"));
        table.add(List.of("accepted", text(node.accepted()), text(answered), ""));
        table.add(List.of("  of these reports", "", "", text(reports)));
        table.add(List.of("delivered", text(node.delivered()), "", text(received)));
        table.add(List.of("bounced", text(node.bounced()), "", text(refused)));
        table.add(List.of("expired", text(node.expired()), "", ""));
        table.add(List.of("cancelled", text(node.cancelled()), "", ""));
        table.add(List.of("still queued", text(node.queued()), "", ""));
        return table.lines();
    }

    private static void expect(List<String> complaints, boolean fits, String otherwise) {
        if (!fits) {
            complaints.add(otherwise);
        }
    }

    private static String text(long number) {
        return Long.toString(number);
    }
}
