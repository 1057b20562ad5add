package io.postrider.doctor;

import io.postrider.doctor.SendingAddress.Origin;
import io.postrider.egress.EgressSettings;
import io.postrider.egress.Source;
import io.postrider.mail.Cidr;
import io.postrider.mail.IpLiteral;
import io.postrider.route.IpFamily;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The addresses that our sources send from, as far as the world sees them. */
final class OurAddresses {

    /** Not routed between networks (RFC 6890); one of these as a source means that somebody translates it. */
    private static final List<Cidr> NOT_PUBLIC = Cidr.parseAll(List.of(
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "224.0.0.0/3",
            "::/127",
            "fe80::/10",
            "fc00::/7",
            "ff00::/8"));

    private final List<GivenAddress> given;
    private final LocalAddress local;
    private final Remarks remarks;
    private final Map<InetAddress, SendingAddress> found = new LinkedHashMap<>();
    private final List<String> hidden = new ArrayList<>();
    private final Set<String> guessedPrivate = new TreeSet<>();

    private OurAddresses(List<GivenAddress> given, LocalAddress local, Remarks remarks) {
        this.given = given;
        this.local = local;
        this.remarks = remarks;
    }

    /** @return without those that are not public */
    static List<SendingAddress> find(
            EgressSettings settings, IpFamily family, List<GivenAddress> given, LocalAddress local, Remarks remarks) {
        OurAddresses ours = new OurAddresses(given, local, remarks);
        Set<String> used = new TreeSet<>();
        settings.pools().values().forEach(shares -> shares.forEach(share -> used.add(share.source())));
        for (String name : used) {
            Optional<Source> source = Optional.ofNullable(settings.sources().get(name));
            source.filter(any -> family.usesV4()).ifPresent(one -> ours.add(one, one.bindV4(), one.bindV6(), 4));
            source.filter(any -> family.usesV6()).ifPresent(one -> ours.add(one, one.bindV6(), one.bindV4(), 16));
        }
        ours.addGivenToNobody(settings, used);
        ours.tell();
        return List.copyOf(ours.found.values());
    }

    static boolean isPublic(InetAddress address) {
        return !Cidr.anyContains(NOT_PUBLIC, address);
    }

    /** @param other the address of the other family: with one alone, a source uses that family only */
    private void add(Source source, Optional<InetAddress> bound, Optional<InetAddress> other, int bytes) {
        if (bound.isPresent() && isPublic(bound.get())) {
            put(bound.get(), Origin.BOUND, Set.of(source.ehlo()));
            return;
        }
        if (bound.isEmpty() && other.isPresent()) {
            return;
        }
        List<InetAddress> outside = given.stream()
                .filter(one -> one.isOf(source.name()) && one.address().getAddress().length == bytes)
                .map(GivenAddress::address)
                .toList();
        outside.forEach(address -> put(address, Origin.GIVEN, Set.of(source.ehlo())));
        if (!outside.isEmpty()) {
            return;
        }
        if (bound.isPresent()) {
            hidden.add("source " + source.name() + " binds " + IpLiteral.text(bound.get())
                    + ", which is not a public address");
            return;
        }
        Optional<InetAddress> guess = local.towardsTheWorld(bytes == 4);
        if (guess.filter(OurAddresses::isPublic).isPresent()) {
            put(guess.get(), Origin.GUESSED, Set.of(source.ehlo()));
        } else {
            guess.ifPresent(address -> guessedPrivate.add(IpLiteral.text(address)));
        }
    }

    private void addGivenToNobody(EgressSettings settings, Set<String> used) {
        Set<String> all = new TreeSet<>();
        settings.sources().values().stream()
                .filter(source -> used.contains(source.name()))
                .forEach(source -> all.add(source.ehlo()));
        for (GivenAddress one : given) {
            if (!found.containsKey(one.address())) {
                put(one.address(), Origin.GIVEN, all);
            }
        }
    }

    private void put(InetAddress address, Origin origin, Set<String> ehlo) {
        Set<String> names = new TreeSet<>(ehlo);
        SendingAddress known = found.get(address);
        if (known != null) {
            names.addAll(known.ehlo());
        }
        found.put(address, new SendingAddress(address, known == null ? origin : known.origin(), names));
    }

    private void tell() {
        for (SendingAddress address : found.values()) {
            String greets = ", greets as " + String.join(", ", address.ehlo());
            switch (address.origin()) {
                case BOUND -> remarks.ok(address.text() + ": bound by a source" + greets);
                case GIVEN -> remarks.ok(address.text() + ": as you say" + greets);
                case GUESSED ->
                    remarks.note(
                            address.text() + ": a guess, the system would choose it now" + greets,
                            "if receivers see another one, say so with --address, or bind it (egress.sources)");
            }
        }
        for (String one : hidden) {
            remarks.unknown(
                    one + ": receivers see what it is translated to", "say that address with --address (SOURCE=IP)");
        }
        for (String one : guessedPrivate) {
            String text = "the system would send from " + one + ", which is not a public address: receivers see what"
                    + " it is translated to";
            if (found.isEmpty()) {
                remarks.unknown(text, "say that address with --address IP");
            } else {
                remarks.note(text, "say that address with --address IP, or set egress.ip-family to the other family");
            }
        }
        if (found.isEmpty() && hidden.isEmpty() && guessedPrivate.isEmpty()) {
            remarks.unknown("this machine has no way to the world", "say with --address IP what we send from");
        }
    }
}
