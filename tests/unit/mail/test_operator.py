"""Whether a mail is the operator's answer: tokens, senders, machines, and what the provider found."""

import pytest

from mailbot.mail.operator import Origin, minted_id, origin, tag, tokens_in
from mailbot.mail.parse import parse

TOKEN = "abcdefghij2345672345"
OTHER = "zzzzzzzzzz2345672345"


def mail(**fields: str) -> bytes:
    """A mail with these fields; underscores stand for dashes."""
    plain = {"From": "Op <op@x.test>", "To": "bot@x.test", "Subject": "Re: digest", "Message-ID": "<1@x.test>"}
    lines = plain | {name.replace("_", "-"): value for name, value in fields.items()}
    return "\r\n".join([*(f"{name}: {value}" for name, value in lines.items()), "", "1 oui", ""]).encode()


def test_the_token_is_found_in_what_is_answered_and_in_the_subject() -> None:
    assert tokens_in(parse(mail(In_Reply_To=minted_id(TOKEN, "x.test"))), "x.test") == (TOKEN,)
    assert tokens_in(parse(mail(References=f"<a@b> {minted_id(TOKEN, 'x.test')} <c@d>")), "x.test") == (TOKEN,)
    assert tokens_in(parse(mail(Subject=f"mailbot : 1 oui {tag(TOKEN)}")), "x.test") == (TOKEN,)


def test_the_nearest_token_comes_first() -> None:
    near, far = minted_id(TOKEN, "x.test"), minted_id(OTHER, "x.test")
    assert tokens_in(parse(mail(In_Reply_To=near, References=f"{far} {near}")), "x.test") == (TOKEN, OTHER)


def test_a_token_of_another_house_is_none() -> None:
    assert tokens_in(parse(mail(In_Reply_To=minted_id(TOKEN, "evil.test"))), "x.test") == ()


def test_our_own_letter_does_not_answer_itself() -> None:
    """Its References hold its own Message-ID, for providers that write a new one."""
    own = minted_id(TOKEN, "x.test")
    assert tokens_in(parse(mail(Message_ID=own, References=own)), "x.test") == ()


MACHINES = {
    "an out-of-office": {"Auto_Submitted": "auto-replied"},
    "a letter of our own": {"X_Mailbot_Letter": "digest.2026"},
    "a mailing list": {"Precedence": "list"},
    "a bounce": {"Return_Path": "<>", "Auto_Submitted": "auto-replied"},
}


@pytest.mark.parametrize("machine", MACHINES)
def test_a_machine_never_answers_for_the_operator(machine: str) -> None:
    assert origin(parse(mail(**MACHINES[machine]))) is Origin.MACHINE


@pytest.mark.parametrize("sender", ["op@x.test, evil@y.test", "op@x.test\r\nFrom: evil@y.test"])
def test_two_senders_are_none(sender: str) -> None:
    assert origin(parse(mail(From=sender))) is Origin.SEVERAL


RESULTS = {
    "mx.x.test; dmarc=pass header.from=x.test": Origin.GOOD,
    "mx.x.test; dmarc=fail (p=reject) header.from=x.test; spf=pass": Origin.FAILED,
    "mx.x.test; spf=fail; dkim=none": Origin.FAILED,
    "mx.x.test; spf=fail; dkim=pass header.d=x.test": Origin.GOOD,
    "mx.x.test; dkim=fail; spf=softfail": Origin.FAILED,
    "mx.x.test; none": Origin.GOOD,
    "MX.X.TEST 1; DMARC=FAIL": Origin.FAILED,
    "other.test; dmarc=fail": Origin.GOOD,
    "mx.x.test; (dmarc=fail) spf=pass": Origin.GOOD,
}


@pytest.mark.parametrize("results", RESULTS)
def test_what_the_provider_found_counts_where_it_is_the_providers(results: str) -> None:
    assert origin(parse(mail(Authentication_Results=results)), "mx.x.test") is RESULTS[results]


def test_results_below_the_topmost_are_the_senders_own_words() -> None:
    forged = mail(Authentication_Results="mx.x.test; dmarc=fail\r\nAuthentication-Results: mx.x.test; dmarc=pass")
    assert origin(parse(forged), "mx.x.test") is Origin.FAILED
