package io.postrider.ingress.http.docs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * What {@code /openapi.json} and {@code /docs} answer. Made once at the start, the same for all callers and threads.
 * Both may be shown to anybody: they say what every installation does, and nothing of this one.
 */
public final class Description {

    private static final String OPENAPI = "/io/postrider/ingress/http/openapi.json";
    private static final String STYLE = "/io/postrider/ingress/http/docs.css";

    private final byte[] openApi;
    private final byte[] page;
    private final String contentSecurityPolicy;

    private Description(byte[] openApi, byte[] page, String contentSecurityPolicy) {
        this.openApi = openApi;
        this.page = page;
        this.contentSecurityPolicy = contentSecurityPolicy;
    }

    /** @throws UncheckedIOException when the jar is broken */
    public static Description load() {
        try {
            byte[] openApi = resource(OPENAPI);
            JsonNode document = new JsonMapper().readTree(openApi);
            String style = new String(resource(STYLE), StandardCharsets.UTF_8);
            byte[] page = new DocsPage(document, style).html().getBytes(StandardCharsets.UTF_8);
            return new Description(openApi, page, policy(style));
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }

    /** OpenAPI 3.1, {@code application/json}. Not to be changed. */
    public byte[] openApi() {
        return openApi;
    }

    /** HTML in UTF-8, complete in itself. Not to be changed. */
    public byte[] page() {
        return page;
    }

    /**
     * The value of the {@code Content-Security-Policy} that the page goes with: no script, nothing from anywhere, and of
     * styles only its own.
     */
    public String contentSecurityPolicy() {
        return contentSecurityPolicy;
    }

    private static String policy(String style) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(style.getBytes(StandardCharsets.UTF_8));
            return "default-src 'none'; style-src 'sha256-"
                    + Base64.getEncoder().encodeToString(digest)
                    + "'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = Description.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new FileNotFoundException("expected " + name + " in the jar, but it is not there");
            }
            return in.readAllBytes();
        }
    }
}
