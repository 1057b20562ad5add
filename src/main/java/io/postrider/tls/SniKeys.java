package io.postrider.tls;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * Chooses our certificate for the host that the client names (RFC 6066 §3) and the kind of key that it can verify. The
 * first certificate, and those for the same names, are for all others. An alias is the place in the list.
 */
final class SniKeys extends X509ExtendedKeyManager {

    private final List<Identity> identities;

    SniKeys(List<Identity> identities) {
        this.identities = List.copyOf(identities);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        Optional<String> host = engine == null ? Optional.empty() : requested(engine);
        boolean known = host.isPresent() && identities.stream().anyMatch(one -> covers(one, host));
        for (int i = 0; i < identities.size(); i++) {
            Identity identity = identities.get(i);
            if (fits(identity, keyType) && (known ? covers(identity, host) : isDefault(identity))) {
                return Integer.toString(i);
            }
        }
        // The engine asks again for another kind of key.
        return null;
    }

    private static boolean covers(Identity identity, Optional<String> host) {
        return host.filter(identity.names()::cover).isPresent();
    }

    /** The first one, and those for the same names with another kind of key. */
    private boolean isDefault(Identity identity) {
        return identity.names().equals(identities.get(0).names());
    }

    private static boolean fits(Identity identity, String keyType) {
        String algorithm = identity.certificate().getPublicKey().getAlgorithm();
        return keyType.equals(algorithm) || (keyType.startsWith("EC_") && algorithm.equals("EC"));
    }

    private static Optional<String> requested(SSLEngine engine) {
        if (engine.getHandshakeSession() instanceof ExtendedSSLSession session) {
            for (SNIServerName name : session.getRequestedServerNames()) {
                if (name instanceof SNIHostName host) {
                    return Optional.of(host.getAsciiName());
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return identity(alias)
                .map(found -> found.chain().toArray(new X509Certificate[0]))
                .orElse(null);
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return identity(alias).map(Identity::privateKey).orElse(null);
    }

    private Optional<Identity> identity(String alias) {
        int index = Integer.parseInt(alias);
        return index < identities.size() ? Optional.of(identities.get(index)) : Optional.empty();
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return clientAlias(keyTypes);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return clientAlias(keyTypes);
    }

    /** As a client there is nothing to choose by: our first certificate of a kind that the server takes. */
    private @Nullable String clientAlias(String[] keyTypes) {
        for (String keyType : keyTypes) {
            for (int i = 0; i < identities.size(); i++) {
                if (fits(identities.get(i), keyType)) {
                    return Integer.toString(i);
                }
            }
        }
        return null;
    }

    // Nobody asks a server that has no sockets that block.

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return null;
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }
}
