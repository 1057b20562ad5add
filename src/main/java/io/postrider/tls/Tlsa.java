package io.postrider.tls;

/**
 * One TLSA record (RFC 6698 §2.1), as it stands in the DNS.
 *
 * @param usage 0 to 255; for mail only DANE-TA (2) and DANE-EE (3) are of use (RFC 7672 §3.1)
 * @param selector the whole certificate (0) or its SubjectPublicKeyInfo (1)
 * @param matching as it is (0), SHA2-256 (1) or SHA2-512 (2)
 * @param data in hexadecimal, lower case
 */
public record Tlsa(int usage, int selector, int matching, String data) {}
