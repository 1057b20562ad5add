package io.postrider.doctor;

import java.util.Locale;

/** What a remark is about; reports have them in this order. */
public enum Topic {
    ADDRESSES("Where our mail comes from"),
    NAMES("Names of these addresses"),
    SPF("SPF: may these addresses send for the domain?"),
    DKIM("DKIM: signatures of the domain"),
    DMARC("DMARC: what ties both to the author's domain"),
    MX("Mail servers of the domain, for replies and bounces");

    private final String title;

    Topic(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }

    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
