package io.postrider.dkim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class SignedHeadersTest {

    private static String names(SignedHeaders headers, String message) {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        return String.join(
                ":", headers.choose(HeaderFields.of(bytes, bytes.length)).names());
    }

    @Test
    void whatReadersSeeIsNamedOnceMoreThanItOccurs() {
        assertThat(names(SignedHeaders.USUAL, "From: a@b.c\r\nCc: x\r\nCc: y\r\nSubject: s\r\n\r\n"))
                .isEqualTo("From:From:To:Subject:Subject:Date:Message-ID:Cc:Cc:Cc:Reply-To");
    }

    @Test
    void whatMattersIsCoveredWhenItIsThere() {
        String message =
                "Received: x\r\nfrom: a@b.c\r\nX-Own: 1\r\nSENDER: s\r\nMIME-Version: 1.0\r\nContent-Type: t\r\n"
                        + "content-language: de\r\nIn-Reply-To: <1>\r\nReferences: <1>\r\nList-Unsubscribe: <u>\r\n"
                        + "List-Unsubscribe-Post: p\r\nReturn-Path: <r>\r\nlist-unsubscribe: v\r\nListen: no\r\n\r\n";

        assertThat(names(SignedHeaders.USUAL, message))
                .isEqualTo(
                        "From:From:To:Subject:Date:Message-ID:Cc:Reply-To:SENDER:MIME-Version:Content-Type:"
                                + "content-language:In-Reply-To:References:List-Unsubscribe:List-Unsubscribe:List-Unsubscribe-Post");
    }

    @Test
    void ownNamesComeOnTopOfThat() {
        SignedHeaders headers = new SignedHeaders(List.of("X-Own", "From", "X-Absent"), false);

        assertThat(names(headers, "X-Own: 1\r\nx-own: 2\r\nFrom: a@b.c\r\n\r\n"))
                .isEqualTo("X-Own:X-Own:From:From:To:Cc:Subject:Date:Reply-To:Message-ID");
    }

    @Test
    void exactlyMeansExactly() {
        SignedHeaders headers = new SignedHeaders(List.of("From", "Subject", "Subject"), true);
        byte[] message = "Subject: 1\r\nSubject: 2\r\nList-Id: x\r\nSubject: 3\r\nFrom: a@b.c\r\n\r\n"
                .getBytes(StandardCharsets.UTF_8);

        SignedHeaders.Choice choice = headers.choose(HeaderFields.of(message, message.length));

        assertThat(choice.names()).containsExactly("From", "Subject", "Subject");
        assertThat(choice.fields()).containsExactly(4, 3, 1);
    }

    @Test
    void repeatedFieldsAreTakenFromTheBottomUp() {
        byte[] message = "Cc: 1\r\nFrom: a@b.c\r\nCc: 2\r\n\r\n".getBytes(StandardCharsets.UTF_8);
        HeaderFields header = HeaderFields.of(message, message.length);

        SignedHeaders.Choice choice = new SignedHeaders(List.of("From", "Cc"), false).choose(header);

        assertThat(choice.fields().subList(0, 5)).containsExactly(1, HeaderFields.NONE, 2, 0, HeaderFields.NONE);
    }

    @Test
    void refusesWhatNoSignatureShouldCover() {
        assertThatThrownBy(() -> new SignedHeaders(List.of("To"), false)).hasMessageContaining("expected From");
        assertThatThrownBy(() -> new SignedHeaders(List.of("From", "received"), false))
                .hasMessageContaining("received does not");
        assertThatThrownBy(() -> new SignedHeaders(List.of("From", "a b"), false))
                .hasMessageContaining("\"a b\"");
    }
}
