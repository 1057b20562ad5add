package io.postrider;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.Set;

/** The kind of value that a key takes, told by its default. */
enum ValueKind {
    OBJECT("a section { … }"),
    LIST("a list such as [\"one\", \"two\"]"),
    BOOLEAN("true or false"),
    NUMBER("a number"),
    DURATION("a duration with its unit such as 30 s, 5 minutes or 4 hours"),
    SIZE("a size such as 64 KiB or 50 MiB"),
    TEXT("a text");

    /** Without "off", which is also the first word of keys that know more than on and off; a switch has false there. */
    private static final Set<String> SWITCHES = Set.of("on", "yes", "no", "true", "false");

    private static final String KEY = "value";

    private final String expected;

    ValueKind(String expected) {
        this.expected = expected;
    }

    /** What to write, in words. */
    String expected() {
        return expected;
    }

    static ValueKind of(ConfigValue byDefault) {
        return switch (byDefault.valueType()) {
            case OBJECT -> OBJECT;
            case LIST -> LIST;
            case BOOLEAN -> BOOLEAN;
            case NUMBER -> NUMBER;
            case NULL -> TEXT;
            case STRING -> ofText(byDefault);
        };
    }

    boolean accepts(ConfigValue value) {
        if (value.valueType() == ConfigValueType.NULL) {
            return false;
        }
        try {
            return isReadable(value.atKey(KEY));
        } catch (ConfigException anotherKind) {
            return false;
        }
    }

    /** The library takes a duration of 300 for 300 milliseconds; nobody means that. */
    private boolean isReadable(Config value) {
        return switch (this) {
            case OBJECT -> value.getConfig(KEY) != null;
            case LIST -> value.getList(KEY) != null;
            case BOOLEAN -> value.getBoolean(KEY) || !value.getBoolean(KEY);
            case NUMBER -> !Double.isNaN(value.getDouble(KEY));
            case DURATION -> value.getDuration(KEY).isZero() || !NUMBER.accepts(value.getValue(KEY));
            case SIZE -> value.getBytes(KEY) >= 0;
            case TEXT -> value.getString(KEY) != null;
        };
    }

    private static ValueKind ofText(ConfigValue byDefault) {
        String text = String.valueOf(byDefault.unwrapped());
        if (SWITCHES.contains(text)) {
            return BOOLEAN;
        }
        boolean measure = !text.isEmpty() && Character.isDigit(text.charAt(0)) && !NUMBER.accepts(byDefault);
        if (measure && DURATION.accepts(byDefault)) {
            return DURATION;
        }
        return measure && SIZE.accepts(byDefault) ? SIZE : TEXT;
    }
}
