package io.postrider.doctor;

import io.postrider.mail.Domain;
import io.postrider.mail.IpLiteral;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import io.postrider.route.ReverseName;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether an address has a name that leads back to it, and whether the name in EHLO does (RFC 1912 §2.1, RFC 8601 §2.7.3). */
final class NameCheck {

    private static final int MOST_NAMES = 10;

    /** How providers name what they rent out by the thousand. */
    private static final Pattern GENERIC = Pattern.compile(
            "(^|[.-])(dyn(amic)?|dhcp|[avx]?dsl|ppp(oe)?|pool|dialup|cable|cust(omer)?|clients?|static|unassigned|unknown)[0-9]*([.-]|$)");

    private final DnsRecords dns;
    private final Remarks remarks;

    NameCheck(DnsRecords dns, Remarks remarks) {
        this.dns = dns;
        this.remarks = remarks;
    }

    void check(SendingAddress address) {
        String wanted = address.ehlo().stream().findFirst().orElse("mail.example.com");
        String owner = "whoever gave you the address (provider, data centre) sets it";
        switch (dns.find(ReverseName.of(address.address()), Kind.PTR)) {
            case Found.Unknown unknown -> remarks.unanswered(address.text() + ", its PTR", unknown.reason());
            case Found.None none ->
                remarks.fix(
                        address.text() + " has no name: large receivers refuse mail from such addresses",
                        "publish " + ReverseName.of(address.address()) + ". IN PTR " + wanted + "., " + owner);
            case Found.Records found -> names(address, found.values(), owner);
        }
        address.ehlo().forEach(name -> greeting(address, name));
    }

    private void names(SendingAddress address, List<String> names, String owner) {
        List<String> back = new ArrayList<>();
        Optional<String> failure = Optional.empty();
        for (String name : names.subList(0, Math.min(MOST_NAMES, names.size()))) {
            switch (leadsTo(name, address)) {
                case THERE -> back.add(name);
                case ELSEWHERE, NOWHERE -> {}
                case NOBODY_KNOWS -> failure = Optional.of(name);
            }
        }
        String first = Printable.quoted(names.get(0));
        if (back.isEmpty() && failure.isPresent()) {
            remarks.unanswered("addresses of " + failure.get());
        } else if (back.isEmpty()) {
            remarks.fix(
                    address.text() + " is called " + first + ", but that name does not lead back to it",
                    "publish " + first + ". IN " + (address.isV4() ? "A " : "AAAA ") + address.text()
                            + ", or change the PTR: " + owner);
        } else if (isGeneric(back.get(0), address)) {
            remarks.warn(
                    address.text() + " is called " + Printable.quoted(back.get(0))
                            + ", which looks like one of many of a provider",
                    "change the PTR to a name of your own, such as the one in EHLO: " + owner);
        } else {
            remarks.ok(address.text() + " is called " + Printable.quoted(back.get(0)) + ", which leads back to it");
        }
        if (names.size() > 1) {
            remarks.note(address.text() + " has " + names.size()
                    + " names; one is enough, and some receivers look at one only");
        }
    }

    private void greeting(SendingAddress address, String name) {
        boolean full = name.indexOf('.') > 0
                && Domain.parse(name).filter(domain -> !domain.isLiteral()).isPresent();
        if (!full) {
            remarks.fix(
                    "we greet as '" + Printable.quoted(name) + "', which is not a full host name",
                    "set node.hostname, or ehlo of the source, to the name of " + address.text());
            return;
        }
        switch (leadsTo(name, address)) {
            case THERE -> remarks.ok("the name in EHLO, " + name + ", leads to " + address.text());
            case NOBODY_KNOWS -> remarks.unanswered("addresses of " + name);
            case ELSEWHERE ->
                remarks.warn(
                        "the name in EHLO, " + name + ", leads to another address than " + address.text(),
                        "set ehlo of the source to the name of this address, or add "
                                + (address.isV4() ? "an A" : "an AAAA") + " record for it");
            case NOWHERE ->
                remarks.fix(
                        "the name in EHLO, " + name + ", leads to no address: some receivers refuse that",
                        "publish " + name + ". IN " + (address.isV4() ? "A " : "AAAA ") + address.text()
                                + ", or set node.hostname or ehlo to the name of the address");
        }
    }

    private enum Leads {
        THERE,
        ELSEWHERE,
        NOWHERE,
        NOBODY_KNOWS
    }

    private Leads leadsTo(String name, SendingAddress address) {
        Leads own = leadsTo(name, address, address.isV4() ? Kind.A : Kind.AAAA);
        if (own != Leads.NOWHERE) {
            return own;
        }
        return switch (leadsTo(name, address, address.isV4() ? Kind.AAAA : Kind.A)) {
            case THERE, ELSEWHERE -> Leads.ELSEWHERE;
            case NOWHERE -> Leads.NOWHERE;
            case NOBODY_KNOWS -> Leads.NOBODY_KNOWS;
        };
    }

    private Leads leadsTo(String name, SendingAddress address, Kind kind) {
        return switch (dns.find(name, kind)) {
            case Found.Unknown unknown -> Leads.NOBODY_KNOWS;
            case Found.None none -> Leads.NOWHERE;
            case Found.Records found -> {
                boolean there = found.values().stream().anyMatch(text -> IpLiteral.parse(text)
                        .filter(address.address()::equals)
                        .isPresent());
                yield there ? Leads.THERE : Leads.ELSEWHERE;
            }
        };
    }

    /** Spells the address, or a word of providers. */
    static boolean isGeneric(String name, SendingAddress address) {
        if (GENERIC.matcher(name).find()) {
            return true;
        }
        if (!address.isV4()) {
            return false;
        }
        List<String> numbers = List.of(name.split("[^0-9]+", -1));
        List<String> octets = List.of(address.text().split("\\.", -1));
        return numbers.containsAll(octets.subList(1, 4));
    }
}
