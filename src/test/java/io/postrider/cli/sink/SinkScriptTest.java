package io.postrider.cli.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkScriptTest {

    @ParameterizedTest(name = "{0} at {1} -> {2}")
    @CsvSource({
        "'a.test RCPT reject', a@a.test, 550 5.7.1 rejected",
        "'a.test rcpt reject 5.1.1 no such user', a@a.test, 550 5.1.1 no such user",
        "'a.test RCPT reject go away', a@a.test, 550 5.7.1 go away",
        "'a.test RCPT defer', a@a.test, 451 4.3.0 try again later",
        "'a.test RCPT reply 452 4.2.2 mailbox full', a@a.test, 452 4.2.2 mailbox full",
        "'A.TEST RCPT reject x', a@a.test, 550 5.7.1 x",
        "'*.a.test RCPT reject x', u@b.a.test, 550 5.7.1 x",
        "'*.a.test RCPT reject x', u@a.test, 550 5.7.1 x",
        "'user@ RCPT reject x', user@b.test, 550 5.7.1 x",
        "'user@b.test RCPT reject x', user@b.test, 550 5.7.1 x",
        "'bad-*@ RCPT reject x', bad-7@b.test, 550 5.7.1 x",
        "'* RCPT reject x # why not', b@b.test, 550 5.7.1 x",
        "'* RCPT after=0 reject x', b@b.test, 550 5.7.1 x",
    })
    void answersWhomTheRuleNames(String rule, String recipient, String reply) throws InterruptedException {
        SinkScript script = SinkScript.parse(rule);

        assertThat(script.at(Stage.RCPT, List.of(recipient))).isEqualTo(new Action.Answer(reply));
    }

    @ParameterizedTest(name = "{0} at {1}")
    @CsvSource({
        "'a.test RCPT reject', a@b.test",
        "'a.test RCPT reject', a@b.a.test",
        "'*.a.test RCPT reject', u@ba.test",
        "'user@ RCPT reject', user2@b.test",
        "'user@b.test RCPT reject', user@c.test",
        "'a.test DOT reject', a@a.test",
        "'* RCPT first=0 reject', a@a.test",
        "'# * RCPT reject', a@a.test",
    })
    void letsEverybodyElsePass(String rule, String recipient) throws InterruptedException {
        SinkScript script = SinkScript.parse(rule);

        assertThat(script.at(Stage.RCPT, List.of(recipient))).isInstanceOf(Action.Accept.class);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "'a.test RCPT', expected WHO STAGE [SHARE] ACTION",
        "'a.test HELLO reject', expected one of the stages",
        "'a.test MAIL reject', no recipient is known yet",
        "'* RCPT explode', 'but got ''explode'''",
        "'* RCPT reply 650 no', expected a reply such as",
        "'* RCPT reply no', expected a reply such as",
        "'* DOT greylist 1s', greylist works at RCPT",
        "'* RCPT keep-and-drop', keep-and-drop works at DOT",
        "'* RCPT delay soon', expected a duration",
        "'* RCPT delay xs', expected a whole number",
        "'* RCPT first=-1 drop', expected a number from 0",
        "'* RCPT half=1 drop', 'expected first=N, after=N or percent=N'",
        "'* RCPT first=1', expected an action",
    })
    void namesTheLineAndWhatWasExpected(String rule, String complaint) {
        assertThatThrownBy(() -> SinkScript.parse("# a comment\n\n" + rule))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("line 3: ")
                .hasMessageContaining(complaint);
    }

    @Test
    void actsOnTheShareOfTheMatches() throws InterruptedException {
        SinkScript script = SinkScript.parse("* DOT first=2 reply 450 first\n* DOT after=3 reply 450 later");
        List<Action> actions = new java.util.ArrayList<>();

        for (int i = 0; i < 6; i++) {
            actions.add(script.at(Stage.DOT, List.of("a@a.test")));
        }

        assertThat(actions)
                .containsExactly(
                        new Action.Answer("450 first"),
                        new Action.Answer("450 first"),
                        new Action.Accept(),
                        new Action.Accept(),
                        new Action.Accept(),
                        new Action.Answer("450 later"));
    }

    @Test
    void spreadsPercentEvenly() throws InterruptedException {
        SinkScript script = SinkScript.parse("* DOT percent=25 drop");
        int drops = 0;

        for (int i = 0; i < 100; i++) {
            drops += script.at(Stage.DOT, List.of("a@a.test")) instanceof Action.Drop ? 1 : 0;
        }

        assertThat(drops).isEqualTo(25);
    }

    @Test
    void obeysTheFirstRuleThatApplies() throws InterruptedException {
        SinkScript script = SinkScript.parse("vip@ RCPT accept\n* RCPT delay 0ms\n* RCPT greylist 1m");

        assertThat(script.at(Stage.RCPT, List.of("vip@a.test"))).isEqualTo(new Action.Accept());
        assertThat(script.at(Stage.RCPT, List.of("b@a.test"))).isEqualTo(new Action.Greylist(Duration.ofMinutes(1)));
    }

    @Test
    void readsTheExampleOfItsOwnHelp() {
        String example = SinkScript.HELP.substring(SinkScript.HELP.indexOf("Example:\n") + 9);

        assertThat(SinkScript.parse(example).speaksOf(Stage.DOT)).isTrue();
    }
}
