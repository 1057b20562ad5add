package io.postrider.mime.template;

import java.io.Writer;

/** Takes what a template prints, as far as its meter allows. */
final class Sheet extends Writer {

    private final StringBuilder text = new StringBuilder();
    private final Meter meter;

    Sheet(Meter meter) {
        this.meter = meter;
    }

    @Override
    public void write(char[] from, int offset, int length) {
        meter.text((long) text.length() + length);
        text.append(from, offset, length);
    }

    @Override
    public void write(String from, int offset, int length) {
        meter.text((long) text.length() + length);
        text.append(from, offset, offset + length);
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}

    @Override
    public String toString() {
        return text.toString();
    }
}
