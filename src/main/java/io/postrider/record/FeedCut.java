package io.postrider.record;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Cuts the lines of a batch into blocks: large enough that one costs little a line, small enough to read in one go. */
final class FeedCut {

    private static final int BLOCK_BYTES = 32 * 1024;

    private final List<FeedBlock> blocks = new ArrayList<>(8);
    private int from;
    private int lines;

    /** A line ends here, line end included. */
    void lineEnded(JsonBytes all) {
        lines++;
        if (all.length() - from >= BLOCK_BYTES) {
            close(all);
        }
    }

    /** All blocks, also the last one that is not full. */
    List<FeedBlock> end(JsonBytes all) {
        if (lines > 0) {
            close(all);
        }
        return blocks;
    }

    private void close(JsonBytes all) {
        blocks.add(new FeedBlock(lines, Arrays.copyOfRange(all.array(), from, all.length())));
        from = all.length();
        lines = 0;
    }
}
