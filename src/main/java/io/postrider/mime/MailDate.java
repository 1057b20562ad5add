package io.postrider.mime;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/** The date of header fields (RFC 5322 §3.3), always in UTC: {@code Tue, 3 Feb 2026 04:05:06 +0000}. */
public final class MailDate {

    private static final String[] DAYS = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    private static final String[] MONTHS = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
    };

    private MailDate() {}

    public static String of(Instant instant) {
        OffsetDateTime time = instant.atOffset(ZoneOffset.UTC);
        StringBuilder text = new StringBuilder(31);
        text.append(DAYS[time.getDayOfWeek().getValue() - 1]).append(", ");
        text.append(time.getDayOfMonth()).append(' ');
        text.append(MONTHS[time.getMonthValue() - 1]).append(' ');
        text.append(time.getYear()).append(' ');
        twoDigits(text, time.getHour()).append(':');
        twoDigits(text, time.getMinute()).append(':');
        twoDigits(text, time.getSecond());
        return text.append(" +0000").toString();
    }

    private static StringBuilder twoDigits(StringBuilder text, int number) {
        return text.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
    }
}
