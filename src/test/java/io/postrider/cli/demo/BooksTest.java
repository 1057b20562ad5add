package io.postrider.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BooksTest {

    @Test
    void balanceWhenThreeCountsAgree() {
        Books books = new Books(new Totals(13, 10, 3, 0, 0, 0), 10, 3, 10, 3);

        assertThat(books.balance()).isTrue();
        assertThat(books.lines()).contains("delivered             10                      10");
    }

    @Test
    void nameEachCountThatDiffers() {
        Books books = new Books(new Totals(10, 6, 2, 0, 0, 1), 11, 0, 7, 3);

        assertThat(books.balance()).isFalse();
        assertThat(books.complaints())
                .containsExactly(
                        "the node's own totals do not add up",
                        "1 recipients are still queued",
                        "the node and the injector differ over what was accepted",
                        "the sender did not get a report on each that was refused",
                        "the node and the mail servers differ over what was delivered",
                        "the node and the mail servers differ over what bounced");
    }
}
