package io.postrider.dkim;

/** Takes canonical bytes, piece by piece. {@code MessageDigest::update} is one. */
interface Output {
    void write(byte[] bytes, int from, int length);
}
