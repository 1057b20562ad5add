package io.postrider.route;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * Rolls a domain's MX host names up into one readable name, the same for every domain with the same hosts:
 * {@code (alt1|alt2|aspmx).l.google.com}.
 */
final class SiteNames {

    private SiteNames() {}

    /** @param hosts in lower case, at least one */
    static Site rollUp(Collection<String> hosts) {
        List<String> sorted = List.copyOf(new TreeSet<>(hosts));
        String first = sorted.get(0);
        if (sorted.size() == 1) {
            return new Site(first);
        }
        String suffix = commonSuffix(sorted);
        TreeSet<String> fronts = new TreeSet<>();
        for (String host : sorted) {
            fronts.add(host.substring(0, host.length() - suffix.length()));
        }
        return new Site("(" + String.join("|", fronts) + ")" + suffix);
    }

    /** The longest run of whole labels at the end, with its leading dot, that leaves something of every name. */
    private static String commonSuffix(List<String> hosts) {
        String first = hosts.get(0);
        for (int dot = first.indexOf('.'); dot >= 0; dot = first.indexOf('.', dot + 1)) {
            String suffix = first.substring(dot);
            if (hosts.stream().allMatch(host -> host.length() > suffix.length() && host.endsWith(suffix))) {
                return suffix;
            }
        }
        return "";
    }
}
