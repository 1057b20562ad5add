package io.postrider.route;

import io.postrider.route.HostAddresses.Addresses;
import io.postrider.tls.Tlsa;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Record;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.Type;

/** From an MX host whose name is proven to its TLSA records (RFC 7672 §2.2.2, §2.2.3). */
final class TlsaRecords {

    /** RRsets are rotated, but connections are shared among equals. */
    private static final Comparator<Tlsa> ORDER = Comparator.comparingInt(Tlsa::usage)
            .thenComparingInt(Tlsa::selector)
            .thenComparingInt(Tlsa::matching)
            .thenComparing(Tlsa::data);

    private final LookUps lookUps;
    private final int port;

    /** @param port where the hosts are connected to */
    TlsaRecords(LookUps lookUps, int port) {
        this.lookUps = lookUps;
        this.port = port;
    }

    /**
     * Never asks below a name that is in no signed zone.
     *
     * @param found its addresses
     * @param domains other names that a certificate may be for
     */
    CompletionStage<Dnssec> of(String host, Addresses found, List<String> domains) {
        boolean alias = !found.canonical().equals(host);
        if (found.secure()) {
            List<String> bases = alias ? List.of(found.canonical(), host) : List.of(host);
            return firstOf(bases, host, domains);
        }
        if (!alias) {
            return CompletableFuture.completedFuture(Dnssec.Secure.NAME);
        }
        // An insecure answer does not tell where on the way the signatures end; the alias itself may be proven.
        return lookUps.ask(Question.about(host, Type.CNAME)).thenCompose(answer -> switch (answer) {
            case Answer.Found alone ->
                alone.secure()
                        ? firstOf(List.of(host), host, domains)
                        : CompletableFuture.completedFuture(Dnssec.Secure.NAME);
            case Answer.NoSuchRecord none -> CompletableFuture.completedFuture(Dnssec.Secure.NAME);
            case Answer.NoSuchName none -> CompletableFuture.completedFuture(Dnssec.Secure.NAME);
            case Answer.Failed failed -> CompletableFuture.completedFuture(bogus("CNAME", host, failed));
        });
    }

    private CompletionStage<Dnssec> firstOf(List<String> bases, String host, List<String> domains) {
        if (bases.isEmpty()) {
            return CompletableFuture.completedFuture(Dnssec.Secure.NAME);
        }
        String base = bases.get(0);
        String name = "_" + port + "._tcp." + base;
        if (!Question.fits(name)) {
            return firstOf(bases.subList(1, bases.size()), host, domains);
        }
        return lookUps.ask(Question.about(name, Type.TLSA)).thenCompose(answer -> switch (answer) {
            case Answer.Found found ->
                found.secure()
                        ? CompletableFuture.completedFuture(
                                new Dnssec.Secure(read(found.records()), names(base, host, domains)))
                        : firstOf(bases.subList(1, bases.size()), host, domains);
            case Answer.NoSuchRecord none -> firstOf(bases.subList(1, bases.size()), host, domains);
            case Answer.NoSuchName none -> firstOf(bases.subList(1, bases.size()), host, domains);
            case Answer.Failed failed -> CompletableFuture.completedFuture(bogus("TLSA", base, failed));
        });
    }

    private static Dnssec bogus(String type, String name, Answer.Failed failed) {
        return new Dnssec.Bogus(type + " look-up of " + name + " failed: " + failed.reason());
    }

    private static List<String> names(String base, String host, List<String> domains) {
        Set<String> names = new LinkedHashSet<>(List.of(base));
        names.add(host);
        names.addAll(domains);
        return List.copyOf(names);
    }

    private static List<Tlsa> read(List<Record> records) {
        List<Tlsa> tlsa = new ArrayList<>(records.size());
        for (Record record : records) {
            TLSARecord one = (TLSARecord) record;
            tlsa.add(new Tlsa(
                    one.getCertificateUsage(),
                    one.getSelector(),
                    one.getMatchingType(),
                    HexFormat.of().formatHex(one.getCertificateAssociationData())));
        }
        tlsa.sort(ORDER);
        return tlsa;
    }
}
