package io.postrider.route;

import io.postrider.mail.Cidr;
import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import io.postrider.mail.Reply;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Which addresses a stranger's records, or a stranger's address literal, may send us to. */
final class Gate {

    private static final String V6_TAG = "[ipv6:";

    private final RouteSettings settings;
    private final Set<InetAddress> own;
    private final String ownName;

    Gate(RouteSettings settings, Set<InetAddress> own) {
        this.settings = settings;
        this.own = own;
        this.ownName = settings.hostname().toLowerCase(Locale.ROOT);
    }

    String ownName() {
        return ownName;
    }

    boolean isOwn(List<InetAddress> addresses) {
        for (InetAddress address : addresses) {
            if (own.contains(address)) {
                return true;
            }
        }
        return false;
    }

    List<InetSocketAddress> allowed(List<InetAddress> addresses) {
        List<InetSocketAddress> allowed = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            if (!Cidr.anyContains(settings.prohibited(), address)) {
                allowed.add(new InetSocketAddress(address, settings.port()));
            }
        }
        return List.copyOf(allowed);
    }

    /** RFC 5321 §4.1.3: {@code [192.0.2.1]} and {@code [IPv6:2001:db8::1]} are reached without the DNS. */
    Routing toLiteral(Domain domain) {
        String text = domain.name();
        int start = text.startsWith(V6_TAG) ? V6_TAG.length() : 1;
        Optional<InetAddress> address = IpLiteral.parse(text.substring(start, text.length() - 1));
        if (address.isEmpty()) {
            return new Routing.Unreachable(Reply.of(550, "5.1.2", "no address literal that we can read: " + text));
        }
        if (own.contains(address.get())) {
            return new Routing.Unreachable(Reply.of(554, "5.4.6", text + " is this server itself"));
        }
        IpFamily family = settings.ipFamily();
        if (address.get() instanceof Inet4Address ? !family.usesV4() : !family.usesV6()) {
            return new Routing.Unreachable(Reply.of(550, "5.4.4", "no route to " + text + " with this IP family"));
        }
        List<InetSocketAddress> allowed = allowed(List.of(address.get()));
        return allowed.isEmpty()
                ? prohibited(text)
                : new Routing.Reachable(new Site(text), List.of(new Routing.Host(text, allowed)), false);
    }

    static Routing prohibited(String what) {
        return new Routing.Unreachable(
                Reply.of(550, "5.4.4", what + " cannot be reached: only addresses that are not public"));
    }
}
