package io.postrider.dkim;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.util.List;
import java.util.Map;

/** Keys and the records that DNS holds for them. */
public final class TestKeys {

    public static final SigningKey RSA = rsa(2048);
    public static final SigningKey ED25519 = SigningKey.of(pair("Ed25519", 0));

    /** {@code rsa} and {@code ed} as selectors of example.com. */
    public static final Map<String, List<String>> DNS = Map.of(
            "rsa._domainkey.example.com", List.of(RSA.record()),
            "ed._domainkey.example.com", List.of("v=spf1 -all", ED25519.record()));

    private TestKeys() {}

    static SigningKey rsa(int bits) {
        return SigningKey.of(pair("RSA", bits));
    }

    public static java.security.PrivateKey pair(String algorithm, int bits) {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
            if (bits > 0) {
                generator.initialize(bits);
            }
            return generator.generateKeyPair().getPrivate();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
