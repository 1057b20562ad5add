package io.postrider.smtp.sasl;

import java.util.Optional;

/** PLAIN (RFC 4616): {@code authzid NUL authcid NUL password} in one response. Nobody may act for another. */
final class Plain implements Exchange {

    private static final byte[] NOTHING = {};

    @Override
    public Move begin() {
        return new Move.Challenge(NOTHING);
    }

    @Override
    public Move on(byte[] response) {
        int first = indexOfNul(response, 0);
        int second = indexOfNul(response, first + 1);
        if (first < 0 || second < 0 || indexOfNul(response, second + 1) >= 0) {
            return MALFORMED;
        }
        Optional<String> user = Preparation.of(response, first + 1, second);
        Optional<String> password = Preparation.of(response, second + 1, response.length);
        if (user.isEmpty() || password.isEmpty()) {
            return MALFORMED;
        }
        boolean himself = first == 0 || Preparation.of(response, 0, first).equals(user);
        return new Move.Claimed(
                himself ? new Claim.Password(user.get(), password.get()) : new Claim.Refuted(user.get()));
    }

    private static int indexOfNul(byte[] bytes, int from) {
        for (int i = from; i < bytes.length; i++) {
            if (bytes[i] == 0) {
                return i;
            }
        }
        return -1;
    }
}
