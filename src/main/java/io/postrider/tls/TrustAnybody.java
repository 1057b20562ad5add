package io.postrider.tls;

import java.net.Socket;
import java.security.cert.X509Certificate;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Lets a client's handshake with anybody succeed: opportunistic encryption never verifies (RFC 7435 §3), and where a
 * server must prove who it is, {@link ClientTls#judge} asks after the handshake.
 */
final class TrustAnybody extends X509ExtendedTrustManager {

    private static final X509Certificate[] NONE = {};

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {
        throw serversOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket) {
        throw serversOnly();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine) {
        throw serversOnly();
    }

    private static UnsupportedOperationException serversOnly() {
        return new UnsupportedOperationException("expected to be asked about servers only");
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
        return NONE;
    }
}
