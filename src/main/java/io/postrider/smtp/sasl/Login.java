package io.postrider.smtp.sasl;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** LOGIN, which no RFC describes and many clients speak: the name, then the password. */
final class Login implements Exchange {

    private static final byte[] USERNAME = "Username:".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PASSWORD = "Password:".getBytes(StandardCharsets.US_ASCII);

    private String user = "";

    @Override
    public Move begin() {
        return new Move.Challenge(USERNAME);
    }

    @Override
    public Move on(byte[] response) {
        Optional<String> text = Preparation.of(response, 0, response.length);
        if (text.isEmpty()) {
            return MALFORMED;
        }
        if (user.isEmpty()) {
            user = text.get();
            return new Move.Challenge(PASSWORD);
        }
        return new Move.Claimed(new Claim.Password(user, text.get()));
    }
}
