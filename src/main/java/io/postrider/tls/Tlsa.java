package io.postrider.tls;

import java.security.GeneralSecurityException;
import java.util.HexFormat;

/**
 * One TLSA record (RFC 6698 §2.1), as it stands in the DNS.
 *
 * @param usage 0 to 255; for mail only DANE-TA (2) and DANE-EE (3) are of use (RFC 7672 §3.1)
 * @param selector the whole certificate (0) or its SubjectPublicKeyInfo (1)
 * @param matching as it is (0), SHA2-256 (1) or SHA2-512 (2)
 * @param data in hexadecimal, lower case
 */
public record Tlsa(int usage, int selector, int matching, String data) {

    static final int DANE_TA = 2;
    static final int DANE_EE = 3;
    static final int CERTIFICATE = 0;
    static final int KEY = 1;
    static final int EXACT = 0;
    static final int SHA_256 = 1;
    static final int SHA_512 = 2;

    /** Whether we can measure a certificate by it: it is known to us, allowed in mail (RFC 7672 §3.1.3) and well formed. */
    public boolean isUsable() {
        if ((usage != DANE_TA && usage != DANE_EE) || (selector != CERTIFICATE && selector != KEY)) {
            return false;
        }
        return switch (matching) {
            case EXACT -> isWellFormed();
            case SHA_256 -> data.length() == 64;
            case SHA_512 -> data.length() == 128;
            default -> false;
        };
    }

    byte[] bytes() {
        return HexFormat.of().parseHex(data);
    }

    private boolean isWellFormed() {
        try {
            if (selector == CERTIFICATE) {
                Der.certificate(bytes());
            } else {
                Der.key(bytes());
            }
            return true;
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }
}
