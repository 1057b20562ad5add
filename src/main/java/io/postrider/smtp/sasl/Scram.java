package io.postrider.smtp.sasl;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Optional;

/**
 * SCRAM-SHA-256 and SCRAM-SHA-256-PLUS (RFC 5802, RFC 7677): the client proves that it knows the password and sees that
 * the server knows it too; with PLUS, also that both see the same TLS connection.
 *
 * <pre>
 * FIRST --n,,n=user,r=nonce--> FINAL  challenge r=,s=,i=
 * FINAL --c=,r=,p=-----------> LAST   challenge v=      (or refuted)
 * LAST  --nothing------------> claim: proven            (RFC 4954 has no room for v= beside the 235)
 * </pre>
 */
final class Scram implements Exchange {

    private enum State {
        FIRST,
        FINAL,
        LAST,
        OVER
    }

    private static final byte[] NOTHING = {};

    private final SaslHost host;
    private final boolean plus;
    private State state = State.FIRST;
    private String header = "";
    private byte[] binding = NOTHING;
    private String firstBare = "";
    private String serverFirst = "";
    private String nonce = "";
    private String user = "";
    private ScramKeys keys = new ScramKeys(NOTHING, 0, NOTHING, NOTHING);

    /** @param plus whether the client asked for the mechanism with channel binding */
    Scram(SaslHost host, boolean plus) {
        this.host = host;
        this.plus = plus;
    }

    @Override
    public Move begin() {
        return new Move.Challenge(NOTHING);
    }

    @Override
    public Move on(byte[] response) {
        State now = state;
        state = State.OVER;
        return switch (now) {
            case FIRST -> text(response).map(this::first).orElse(MALFORMED);
            case FINAL -> text(response).map(this::last).orElse(MALFORMED);
            case LAST -> response.length == 0 ? new Move.Claimed(new Claim.Proven(user)) : MALFORMED;
            case OVER -> MALFORMED;
        };
    }

    private static Optional<String> text(byte[] bytes) {
        try {
            return Optional.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString());
        } catch (CharacterCodingException notUtf8) {
            return Optional.empty();
        }
    }

    private Move first(String message) {
        int flagEnd = message.indexOf(',');
        int headerEnd = message.indexOf(',', flagEnd + 1);
        if (flagEnd < 0 || headerEnd < 0) {
            return MALFORMED;
        }
        header = message.substring(0, headerEnd + 1);
        firstBare = message.substring(headerEnd + 1);
        String[] fields = firstBare.split(",", -1);
        // m= would be an extension that we must know (RFC 5802 §5.1).
        if (fields.length < 2 || !fields[0].startsWith("n=") || !isNonce(fields[1])) {
            return MALFORMED;
        }
        Optional<String> name = unescaped(fields[0].substring(2)).flatMap(Preparation::of);
        if (name.isEmpty()) {
            return MALFORMED;
        }
        user = name.get();
        if (!isBound(message.substring(0, flagEnd)) || !isHimself(message.substring(flagEnd + 1, headerEnd))) {
            return new Move.Claimed(new Claim.Refuted(user));
        }
        keys = host.keys(user);
        nonce = fields[1].substring(2) + host.nonce();
        serverFirst =
                "r=" + nonce + ",s=" + Base64.getEncoder().encodeToString(keys.salt()) + ",i=" + keys.iterations();
        state = State.FINAL;
        return new Move.Challenge(serverFirst.getBytes(StandardCharsets.UTF_8));
    }

    /** RFC 5802 §6: whether the flag fits what was offered; {@code y} from a client that was offered PLUS is an attack. */
    private boolean isBound(String flag) {
        if (!flag.startsWith("p=")) {
            return !plus && (flag.equals("n") || (flag.equals("y") && !host.hasBindings()));
        }
        Optional<byte[]> data = plus ? host.binding(flag.substring(2)) : Optional.empty();
        binding = data.orElse(NOTHING);
        return data.isPresent();
    }

    private boolean isHimself(String authzid) {
        return authzid.isEmpty()
                || (authzid.startsWith("a=")
                        && unescaped(authzid.substring(2))
                                .flatMap(Preparation::of)
                                .filter(user::equals)
                                .isPresent());
    }

    private Move last(String message) {
        int proofAt = message.lastIndexOf(",p=");
        String[] fields = message.split(",", -1);
        if (proofAt < 0 || fields.length < 3 || !fields[0].startsWith("c=") || !fields[1].startsWith("r=")) {
            return MALFORMED;
        }
        Optional<byte[]> proof = decoded(message.substring(proofAt + 3));
        Optional<byte[]> channel = decoded(fields[0].substring(2));
        if (proof.isEmpty() || channel.isEmpty()) {
            return MALFORMED;
        }
        byte[] authMessage =
                (firstBare + "," + serverFirst + "," + message.substring(0, proofAt)).getBytes(StandardCharsets.UTF_8);
        boolean proven = proves(proof.get(), authMessage);
        boolean right = proven
                && MessageDigest.isEqual(channel.get(), expectedChannel())
                && fields[1].substring(2).equals(nonce);
        if (!right) {
            return new Move.Claimed(new Claim.Refuted(user));
        }
        byte[] signature = Sha256.hmac(keys.serverKey(), authMessage);
        state = State.LAST;
        return new Move.Challenge(
                ("v=" + Base64.getEncoder().encodeToString(signature)).getBytes(StandardCharsets.UTF_8));
    }

    private byte[] expectedChannel() {
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(text.length + binding.length)
                .put(text)
                .put(binding)
                .array();
    }

    /** ClientKey is the proof without the signature, and its hash is what we keep (RFC 5802 §3). */
    private boolean proves(byte[] proof, byte[] authMessage) {
        byte[] key = Sha256.hmac(keys.storedKey(), authMessage);
        if (proof.length != key.length) {
            return false;
        }
        for (int i = 0; i < key.length; i++) {
            key[i] ^= proof[i];
        }
        return MessageDigest.isEqual(Sha256.hash(key), keys.storedKey());
    }

    private static boolean isNonce(String field) {
        return field.startsWith("r=")
                && field.length() > 2
                && field.length() <= 514
                && field.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    private static Optional<byte[]> decoded(String base64) {
        try {
            return Optional.of(Base64.getDecoder().decode(base64));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /** {@code =2C} is a comma and {@code =3D} an equals sign; any other {@code =} is wrong (RFC 5802 §5.1). */
    private static Optional<String> unescaped(String name) {
        StringBuilder text = new StringBuilder(name.length());
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c != '=') {
                text.append(c);
            } else if (name.startsWith("=2C", i)) {
                text.append(',');
                i += 2;
            } else if (name.startsWith("=3D", i)) {
                text.append('=');
                i += 2;
            } else {
                return Optional.empty();
            }
        }
        return text.isEmpty() ? Optional.empty() : Optional.of(text.toString());
    }
}
