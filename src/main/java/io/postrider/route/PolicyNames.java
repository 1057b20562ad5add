package io.postrider.route;

import io.postrider.mail.Cidr;
import io.postrider.sts.Names;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.xbill.DNS.Record;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** What MTA-STS asks the DNS, with the cache and the bounds of all our look-ups. */
final class PolicyNames implements Names {

    private final LookUps lookUps;
    private final HostAddresses hostAddresses;
    private final List<Cidr> prohibited;

    PolicyNames(LookUps lookUps, HostAddresses hostAddresses, List<Cidr> prohibited) {
        this.lookUps = lookUps;
        this.hostAddresses = hostAddresses;
        this.prohibited = prohibited;
    }

    @Override
    public CompletionStage<Texts> texts(String name) {
        if (!Question.fits(name)) {
            return CompletableFuture.completedFuture(new Texts.Found(List.of()));
        }
        return lookUps.ask(Question.about(name, Type.TXT)).thenApply(answer -> switch (answer) {
            case Answer.Found found -> new Texts.Found(joined(found.records()));
            case Answer.NoSuchRecord none -> new Texts.Found(List.of());
            case Answer.NoSuchName none -> new Texts.Found(List.of());
            case Answer.Failed failed -> new Texts.Unknown(failed.reason());
        });
    }

    private static List<String> joined(List<Record> records) {
        List<String> texts = new ArrayList<>(records.size());
        for (Record record : records) {
            texts.add(String.join("", ((TXTRecord) record).getStrings()));
        }
        return texts;
    }

    @Override
    public CompletionStage<Addresses> addresses(String host) {
        return Question.fits(host)
                ? hostAddresses.inDns(host).thenApply(this::allowed)
                : CompletableFuture.completedFuture(new Addresses(List.of(), "is too long a name"));
    }

    /** A stranger's policy host must not be in our own network, as little as a stranger's mail server. */
    private Addresses allowed(HostAddresses.Addresses found) {
        List<InetAddress> allowed = new ArrayList<>(found.addresses());
        allowed.removeIf(address -> Cidr.anyContains(prohibited, address));
        String problem = found.failure()
                .map(Answer.Failed::reason)
                .orElse(found.addresses().isEmpty() ? "has no address" : "has only addresses that are not public");
        return new Addresses(allowed, problem);
    }
}
