package io.postrider.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorSyntaxTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ann@example.com",
                " Ann <ann@example.com>",
                " ann@example.com <ann@example.com>",
                " ceo@bank.test <ann@example.com> (at work)",
                " \"ceo@bank.test, <x>\" <ann@example.com>",
                " =?utf-8?Q?ceo=40bank.test?= <ann@example.com>",
                " (at work (<b@bank.test>)) ann@example.com (\\) x)",
                " Ann\r\n\t<ann@example.com>",
                " Ann, Inc. <ann@example.com>",
                " ann@example.com, Bob <bob@example.com>,, ",
                " Team: ann@example.com, Bob <bob@example.com>;",
                " Nobody:;, ann@example.com",
                " <@old.example,@route.example:ann@example.com>",
                " ann . lee @ example . com",
                " \"ann @ home\"@example.com",
                " ann@[192.0.2.1], <ann@[IPv6:2001:db8::1]>",
                " M\u00FCller <ann@b\u00FCcher.example>",
            })
    void allReadersFindTheSameIn(String value) {
        assertThat(AuthorSyntax.isClear(value)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                " ceo@bank.test@example.com",
                " <ceo@bank.test@example.com>",
                " ceo@bank.test ann@example.com",
                " \"Ann\" ann@example.com",
                " <ann@example.com> <ceo@bank.test>",
                " <ann@example.com> ceo@bank.test",
                " <ann@example.com>, <ceo>",
                " <ann@example.com <ceo@bank.test>>",
                " <ann@example.com>>",
                " ann@example.com, ceo@ba..nk.test",
                " ann@example.com, ceo@",
                " ann@example.com, @bank.test",
                " ann@example.com, <>",
                " ceo@bank.test: ann@example.com;",
                " <ceo@bank.test>: ann@example.com;",
                " ceo@bank.test\0, ann@example.com",
                " ceo@ba\u0001nk.test, ann@example.com",
                " ann@example.com, \"x <ceo@bank.test>",
                " ann@example.com (<ceo@bank.test>",
                " ann@example.com, <ceo@bank.test",
                " ann@example.com, x [<ceo@bank.test>",
                " ann@example.com (\\",
                " ann@example.com \"\\",
                " =?utf-8?Q?ceo=40bank.test=00?=@example.com",
            })
    void whatMayBeReadInTwoWaysIsNot(String value) {
        assertThat(AuthorSyntax.isClear(value)).isFalse();
    }

    /** Within a minute, and not within an hour. */
    @Test
    @Timeout(60)
    void aMegabyteOfOneThingCostsNoMoreThanItsLength() {
        String blanks = " ".repeat(1 << 20);

        assertThat(AuthorSyntax.isClear(" <ann@example.com" + blanks + ">")).isTrue();
        assertThat(AuthorSyntax.isClear(" <ann" + blanks + "@example.com>")).isTrue();
        assertThat(AuthorSyntax.isClear(" <a" + "()".repeat(1 << 19) + "n@example.com>"))
                .isFalse();
        assertThat(AuthorSyntax.isClear(" <ann" + " .".repeat(1 << 19) + "@example.com>"))
                .isTrue();
    }
}
