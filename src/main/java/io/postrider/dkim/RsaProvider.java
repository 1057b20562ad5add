package io.postrider.dkim;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.Signature;
import java.util.Optional;

/**
 * Who makes RSA signatures: Amazon's provider where its native code loads, which takes a quarter of the JDK's time
 * (decision 0050), else the JDK. The provider is asked as an object and never installed.
 */
public final class RsaProvider {

    private static final String ALGORITHM = "SHA256withRSA";

    private static final Optional<Provider> AMAZON = amazon();

    private RsaProvider() {}

    /** For the log: which provider signs. */
    public static String name() {
        return AMAZON.map(Provider::getName).orElse("JDK");
    }

    static Signature signature(PrivateKey key) throws GeneralSecurityException {
        Signature signature =
                AMAZON.isPresent() ? Signature.getInstance(ALGORITHM, AMAZON.get()) : Signature.getInstance(ALGORITHM);
        signature.initSign(key);
        return signature;
    }

    /** Empty on another system or processor, or where temporary files cannot be loaded as code. */
    private static Optional<Provider> amazon() {
        try {
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            boolean loaded = provider.getLoadingError() == null && provider.getService("Signature", ALGORITHM) != null;
            return loaded ? Optional.of(provider) : Optional.empty();
        } catch (RuntimeException | LinkageError absent) {
            return Optional.empty();
        }
    }
}
