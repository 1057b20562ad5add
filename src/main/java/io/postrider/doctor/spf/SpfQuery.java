package io.postrider.doctor.spf;

import java.net.InetAddress;

/**
 * Whose mail from where is judged.
 *
 * @param address of the client
 * @param localPart of MAIL FROM; postmaster where there is none (RFC 7208 §4.3)
 * @param domain of MAIL FROM, or the name in EHLO for mail from {@code <>}
 * @param ehlo the client's name
 */
public record SpfQuery(InetAddress address, String localPart, String domain, String ehlo) {}
