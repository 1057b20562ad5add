package io.postrider.store;

/**
 * A column family as its user names it. The name is on disk for ever.
 *
 * @param name unique in the store
 * @param kind what its values are like
 */
public record Family(String name, Kind kind) {

    /** How a family's values are kept. */
    public enum Kind {
        /** Small values, kept in the tree. */
        ROWS,
        /** Large values with short lives: beside the tree in blob files, with a write buffer of their own size. */
        BODIES
    }

    public static Family rows(String name) {
        return new Family(name, Kind.ROWS);
    }

    public static Family bodies(String name) {
        return new Family(name, Kind.BODIES);
    }
}
