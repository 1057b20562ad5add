package io.postrider.cli.ask;

import java.util.ArrayList;
import java.util.List;

/** Rows in aligned columns: numbers to the right, all else to the left. */
public final class Table {

    private static final String GAP = "  ";

    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    public Table(List<String> header) {
        this.header = List.copyOf(header);
    }

    /** @param cells as many as the header has */
    public void add(List<String> cells) {
        if (cells.size() != header.size()) {
            throw new IllegalArgumentException("expected " + header.size() + " cells, but got " + cells.size());
        }
        rows.add(List.copyOf(cells));
    }

    /** The header, and then the rows; no spaces at the ends of lines. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(line(header));
        for (List<String> row : rows) {
            lines.add(line(row));
        }
        return lines;
    }

    private String line(List<String> cells) {
        StringBuilder line = new StringBuilder();
        for (int column = 0; column < cells.size(); column++) {
            String cell = cells.get(column);
            String space = " ".repeat(width(column) - cell.length());
            line.append(column == 0 ? "" : GAP).append(isNumeric(column) ? space + cell : cell + space);
        }
        return line.toString().stripTrailing();
    }

    private int width(int column) {
        int width = header.get(column).length();
        for (List<String> row : rows) {
            width = Math.max(width, row.get(column).length());
        }
        return width;
    }

    private boolean isNumeric(int column) {
        for (List<String> row : rows) {
            for (int i = 0; i < row.get(column).length(); i++) {
                char c = row.get(column).charAt(i);
                if ((c < '0' || c > '9') && c != '.' && c != '-') {
                    return false;
                }
            }
        }
        return !rows.isEmpty();
    }
}
