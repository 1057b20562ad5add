package io.postrider;

import com.typesafe.config.Config;
import io.postrider.ingress.IngressSettings;
import io.postrider.ingress.ListenerSettings;
import io.postrider.route.TlsRules;
import io.postrider.sts.StsSettings;
import io.postrider.tls.CertificateFiles;
import io.postrider.tls.ClientTerms;
import io.postrider.tls.ClientTlsSettings;
import io.postrider.tls.Identity;
import io.postrider.tls.Login;
import io.postrider.tls.NoEffect;
import io.postrider.tls.TlsSettings;
import io.postrider.watch.FileState;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Looks at the certificates that a configuration names. Reads files; for a configuration that has no errors. */
final class CertificateCheck {

    /** When an operator should hear of it. */
    static final Duration SOON = Duration.ofDays(14);

    private final Config config;
    private final Instant now;
    private final List<Finding> unusable = new ArrayList<>();
    private final List<Finding> doubtful = new ArrayList<>();

    private CertificateCheck(Config config, Instant now) {
        this.config = config;
        this.now = now;
        Config postrider = config.getConfig("postrider");
        for (ListenerSettings listener : IngressSettings.from(postrider).listeners()) {
            listener(listener.tls());
        }
        for (String section : List.of("http", "admin", "metrics")) {
            listener(TlsSettings.of(postrider, section));
        }
        TlsRules rules = TlsRules.from(postrider);
        rules.sections().forEach(this::towardsServers);
        rules.logins().forEach(this::password);
        StsSettings.from(postrider)
                .authorities()
                .ifPresent(file -> authorities("postrider.egress.mta-sts.ca-file", file));
    }

    /** What a node cannot start with: files that cannot be read, keys that do not fit. */
    static List<Finding> unusable(Config config) {
        return List.copyOf(new CertificateCheck(config, Instant.EPOCH).unusable);
    }

    /** Everything that is wrong or about to be. */
    static List<Finding> all(Config config, Instant now) {
        CertificateCheck check = new CertificateCheck(config, now);
        List<Finding> all = new ArrayList<>(check.unusable);
        all.addAll(check.doubtful);
        return all;
    }

    private void listener(TlsSettings tls) {
        if (!tls.isOffered()) {
            return;
        }
        List<Identity> identities = new ArrayList<>();
        for (int i = 0; i < tls.certificates().size(); i++) {
            String key = tls.key() + (i == 0 ? ".certificate" : ".certificates[" + (i - 1) + "]");
            identity(key, tls.certificates().get(i)).ifPresent(identities::add);
        }
        tls.clientCa().ifPresent(file -> authorities(tls.key() + ".client-ca", file));
        if (identities.size() == tls.certificates().size()) {
            name(tls, identities.get(0));
            NoEffect.in(tls, identities).forEach((name, why) -> warn(tls.key() + "." + name, why));
        }
    }

    /** Sections complete each other: a file is looked at where it stands. */
    private void towardsServers(String section, Config complete) {
        ClientTerms terms = ClientTlsSettings.from(complete, section).terms();
        String ca = section + ".ca-file";
        String certificate = section + ".client-certificate";
        terms.authorities().filter(file -> config.hasPath(ca)).ifPresent(file -> authorities(ca, file));
        terms.certificate()
                .filter(files -> config.hasPath(certificate))
                .ifPresent(files -> identity(certificate, files));
    }

    private void password(Login login) {
        try {
            login.readPassword();
        } catch (IOException wrong) {
            unusable.add(SettingsCheck.finding(config, "postrider.egress.routes: " + wrong.getMessage()));
        }
    }

    private Optional<Identity> identity(String key, CertificateFiles files) {
        try {
            Identity identity = Identity.read(files);
            age(key, identity);
            secrecy(key, files.key());
            return Optional.of(identity);
        } catch (IOException wrong) {
            unusable.add(SettingsCheck.finding(config, key + ": " + wrong.getMessage()));
            return Optional.empty();
        }
    }

    private void authorities(String key, Path file) {
        try {
            Identity.readCertificates(file);
        } catch (IOException wrong) {
            unusable.add(SettingsCheck.finding(config, key + ": " + wrong.getMessage()));
        }
    }

    private void age(String key, Identity identity) {
        Instant end = identity.expiresAt();
        if (!end.isAfter(now)) {
            doubtful.add(SettingsCheck.finding(
                    config,
                    key + ": expected a certificate that is good, but " + identity.file() + " expired at " + end));
        } else if (end.isBefore(now.plus(SOON))) {
            warn(
                    key,
                    identity.file() + " expires in "
                            + Duration.between(now, end).toDays() + " days, at " + end);
        }
    }

    private void secrecy(String key, Path file) throws IOException {
        if (FileState.isWorldReadable(file)) {
            warn(key, file + ": everybody on this machine may read the key; chmod 600 " + file);
        }
    }

    private void name(TlsSettings tls, Identity first) {
        String hostname = config.getString("postrider.node.hostname");
        if (!first.names().cover(hostname)) {
            warn(
                    tls.key() + ".certificate",
                    "the certificate is for " + first.names() + ", but node.hostname is " + hostname
                            + ": clients that verify it must call this listener by another name");
        }
    }

    private void warn(String key, String message) {
        Finding found = SettingsCheck.finding(config, key + ": " + message);
        doubtful.add(new Finding(Finding.Severity.WARNING, found.key(), found.file(), found.line(), found.message()));
    }
}
