package io.postrider.queue;

/** Boards with lines that no queue has to write. */
public final class QueueBoards {

    private QueueBoards() {}

    public static QueueBoard of(QueueBoard.Line... lines) {
        QueueBoard board = new QueueBoard();
        for (QueueBoard.Line line : lines) {
            board.put(line);
        }
        return board;
    }
}
