package io.postrider.doctor;

import io.postrider.dkim.Signer;
import io.postrider.dkim.SigningKey;
import io.postrider.mail.Domain;
import io.postrider.route.DnsRecords;
import io.postrider.route.DnsRecords.Found;
import io.postrider.route.DnsRecords.Kind;
import io.postrider.signing.KeyFiles;
import io.postrider.signing.NewKey;
import io.postrider.signing.RecordCheck;
import io.postrider.signing.SignerSettings;
import io.postrider.signing.SignerTable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which of our keys sign mail of the domain, and whether the DNS has their other halves. Reads the files of keys. */
final class DkimCheck {

    private record Name(String domain, String selector) {}

    private final DnsRecords dns;
    private final Domain domain;
    private final Remarks remarks;

    DkimCheck(DnsRecords dns, Domain domain, Remarks remarks) {
        this.dns = dns;
        this.domain = domain;
        this.remarks = remarks;
    }

    /** @return the signatures that mail of the domain gets from us, whoever's it is */
    List<Signature> check(List<SignerSettings> settings) {
        List<SignerSettings> readable = new ArrayList<>();
        List<SigningKey> keys = new ArrayList<>();
        for (SignerSettings signer : settings) {
            try {
                keys.add(KeyFiles.read(signer));
                readable.add(signer);
            } catch (IOException unusable) {
                remarks.fix(signer.place() + ": " + unusable.getMessage(), "make the key readable, or make a new one");
            }
        }
        SignerTable table = new SignerTable(readable, keys);
        Set<String> tenants = new TreeSet<>(Set.of(""));
        readable.forEach(signer -> tenants.add(signer.tenant()));
        Map<Name, Signer> signers = new LinkedHashMap<>();
        for (String tenant : tenants) {
            List<Signer> found = table.find(domain, tenant);
            found.forEach(signer -> signers.putIfAbsent(new Name(signer.domain(), signer.selector()), signer));
            if (found.isEmpty()) {
                remarks.warn(
                        "nothing here signs mail of " + domain + ofTenant(tenant, tenants.size()),
                        "bin/postrider dkim generate --domain " + domain
                                + " --selector mail makes a key, its record, and the line for postrider.dkim.signers");
            }
        }
        List<Signature> signatures = new ArrayList<>();
        signers.values().forEach(signer -> signatures.add(look(signer)));
        return signatures;
    }

    private static String ofTenant(String tenant, int tenants) {
        if (tenants == 1) {
            return "";
        }
        return tenant.isEmpty() ? " that has no tenant" : " of tenant " + tenant;
    }

    private Signature look(Signer signer) {
        String name = NewKey.recordName(signer.selector(), signer.domain());
        signer.key()
                .warnings()
                .forEach(warning ->
                        remarks.warn(name + ": " + warning, "make a new key of 2048 bits, under" + " a new selector"));
        return switch (dns.find(name, Kind.TXT)) {
            case Found.Unknown unknown -> {
                remarks.unanswered(name, unknown.reason());
                yield new Signature(signer.domain(), signer.selector(), Verdict.UNSURE);
            }
            case Found.None none -> compare(signer, name, List.of());
            case Found.Records found -> compare(signer, name, found.values());
        };
    }

    private Signature compare(Signer signer, String name, List<String> texts) {
        boolean below = signer.identity()
                .filter(identity -> !identity.endsWith("@" + signer.domain()))
                .isPresent();
        List<RecordCheck.Problem> problems = RecordCheck.problems(signer.key(), texts, below);
        boolean broken = false;
        for (RecordCheck.Problem problem : problems) {
            broken |= problem.breaks();
            if (problem.breaks()) {
                remarks.fix(
                        name + ": " + problem.words(),
                        "publish " + NewKey.zoneLine(signer.selector(), signer.domain(), signer.key()));
            } else {
                remarks.warn(name + " is unwise", problem.words());
            }
        }
        if (problems.isEmpty()) {
            remarks.ok(name + ": the DNS has our key (" + signer.key().algorithm() + ", "
                    + signer.key().bits() + " bits)");
        }
        return new Signature(signer.domain(), signer.selector(), broken ? Verdict.NO : Verdict.YES);
    }
}
