package io.postrider.route;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;
import org.xbill.DNS.hosts.HostsFileParser;

/** From a host name to its addresses, in the order of the address family that is preferred. */
final class HostAddresses {

    /**
     * @param addresses at most {@code dns.max-addresses-per-host}
     * @param noSuchName the host does not exist at all
     * @param failure why the addresses, or some of them, are not known; empty when all are
     * @param secure DNSSEC proves them, or that those of one family do not exist: the host's zone is signed
     * @param canonical what the host's CNAMEs lead to, in lower case; the host itself where it has none
     */
    record Addresses(
            List<InetAddress> addresses,
            boolean noSuchName,
            Optional<Answer.Failed> failure,
            boolean secure,
            String canonical) {

        /** Known without the DNS. */
        static Addresses fixed(String host, List<InetAddress> addresses) {
            return new Addresses(addresses, false, Optional.empty(), false, host);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(HostAddresses.class);

    private final LookUps lookUps;
    private final IpFamily family;
    private final int mostAddresses;
    private final Optional<HostsFileParser> hostsFile;

    HostAddresses(LookUps lookUps, IpFamily family, DnsSettings settings) {
        this.lookUps = lookUps;
        this.family = family;
        this.mostAddresses = settings.maxAddressesPerHost();
        this.hostsFile = settings.hostsFile().isEmpty()
                ? Optional.empty()
                : Optional.of(new HostsFileParser(Path.of(settings.hostsFile())));
    }

    /** By the DNS alone, as MX records ask for. */
    CompletionStage<Addresses> inDns(String host) {
        return ask(host, Question.about(host, Type.A), Question.about(host, Type.AAAA));
    }

    private CompletionStage<Addresses> ask(String host, Question a, Question aaaa) {
        Optional<Question> v4 = family.usesV4() ? Optional.of(a) : Optional.empty();
        Optional<Question> v6 = family.usesV6() ? Optional.of(aaaa) : Optional.empty();
        Optional<Question> first = family == IpFamily.PREFER_V6 ? v6 : v4.or(() -> v6);
        Optional<Question> second = family == IpFamily.PREFER_V6 ? v4 : v4.flatMap(any -> v6);
        CompletionStage<Answer> one = lookUps.ask(first.orElseThrow());
        return second.isEmpty()
                ? one.thenApply(answer -> addresses(host, List.of(answer)))
                : one.thenCombine(
                        lookUps.ask(second.get()), (answer, other) -> addresses(host, List.of(answer, other)));
    }

    /** As the system does: the hosts file first; {@code localhost} never goes to the DNS (RFC 6761 §6.3). */
    CompletionStage<Addresses> inHostsFileOrDns(String host) {
        return CompletableFuture.supplyAsync(() -> inHostsFile(host), lookUps.executor())
                .thenCompose(local -> local.isEmpty()
                        ? ask(
                                host,
                                Question.about(host, Type.A).unchecked(),
                                Question.about(host, Type.AAAA).unchecked())
                        : CompletableFuture.completedFuture(Addresses.fixed(host, local)));
    }

    private List<InetAddress> inHostsFile(String host) {
        List<InetAddress> found = new ArrayList<>();
        for (int type : types()) {
            inHostsFile(host, type).ifPresent(found::add);
        }
        if (found.isEmpty() && host.equals("localhost")) {
            found.add(family.usesV4() ? loopback(4) : loopback(16));
        }
        return found;
    }

    private int[] types() {
        return switch (family) {
            case PREFER_V4 -> new int[] {Type.A, Type.AAAA};
            case PREFER_V6 -> new int[] {Type.AAAA, Type.A};
            case V4 -> new int[] {Type.A};
            case V6 -> new int[] {Type.AAAA};
        };
    }

    private Optional<InetAddress> inHostsFile(String host, int type) {
        if (hostsFile.isEmpty()) {
            return Optional.empty();
        }
        try {
            return hostsFile
                    .get()
                    .getAddressForHost(Question.about(host, type).name(), type)
                    .map(named -> bare(named.getAddress()));
        } catch (IOException unreadable) {
            log.warn("cannot read the hosts file, so the DNS is asked for {}: {}", host, unreadable.toString());
            return Optional.empty();
        }
    }

    private static InetAddress loopback(int bytes) {
        byte[] address = new byte[bytes];
        address[bytes - 1] = 1;
        address[0] = bytes == 4 ? (byte) 127 : 0;
        return bare(address);
    }

    /** Without the host name that dnsjava puts in, so that equal addresses also read alike. */
    private static InetAddress bare(byte[] address) {
        try {
            return InetAddress.getByAddress(address);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalStateException(wrongLength);
        }
    }

    private Addresses addresses(String host, List<Answer> answers) {
        List<InetAddress> found = new ArrayList<>();
        Optional<Answer.Failed> failure = Optional.empty();
        boolean noSuchName = false;
        boolean secure = false;
        String canonical = host;
        for (Answer answer : answers) {
            switch (answer) {
                case Answer.Found records -> {
                    records.records().forEach(record -> found.add(address(record)));
                    canonical =
                            records.records().get(0).getName().toString(true).toLowerCase(Locale.ROOT);
                    secure |= records.secure();
                }
                case Answer.NoSuchRecord none -> secure |= none.secure();
                case Answer.NoSuchName none -> noSuchName = true;
                case Answer.Failed failed -> failure = Optional.of(failed);
            }
        }
        return new Addresses(
                found.subList(0, Math.min(found.size(), mostAddresses)), noSuchName, failure, secure, canonical);
    }

    private static InetAddress address(Record record) {
        InetAddress named = record instanceof AAAARecord v6 ? v6.getAddress() : ((ARecord) record).getAddress();
        return bare(named.getAddress());
    }
}
