package io.postrider.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Whom we believe that a certificate is whose it says. */
final class Authorities {

    private Authorities() {}

    /** Some 150 certificates, so this takes memory and time. */
    static X509ExtendedTrustManager besidesThoseOfTheJdk(List<X509Certificate> own)
            throws GeneralSecurityException, IOException {
        KeyStore all = KeyStore.getInstance("PKCS12");
        all.load(null, null);
        int number = 0;
        List<X509Certificate> certificates = new ArrayList<>(own);
        certificates.addAll(List.of(manager(null).getAcceptedIssuers()));
        for (X509Certificate certificate : certificates) {
            all.setCertificateEntry("ca-" + number++, certificate);
        }
        return manager(all);
    }

    private static X509ExtendedTrustManager manager(@Nullable KeyStore authorities) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
        factory.init(authorities);
        for (TrustManager manager : factory.getTrustManagers()) {
            if (manager instanceof X509ExtendedTrustManager x509) {
                return x509;
            }
        }
        throw new GeneralSecurityException("no trust manager for X.509");
    }
}
