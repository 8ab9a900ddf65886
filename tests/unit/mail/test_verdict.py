"""What an SMTP reply means: RFC 5321 4.2.1, RFC 3463, RFC 4954."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.mail.verdict import Phase, Verdict, enhanced_status, judge

CASES = [
    (Phase.DATA, 250, "2.0.0 Ok: queued as 4F1", Verdict.ACCEPTED, "2.0.0", "a 250 after the dot is accepted"),
    (Phase.RCPT, 251, "will forward", Verdict.ACCEPTED, "", "a 251 recipient is accepted"),
    (Phase.RCPT, 450, "4.2.0 greylisted", Verdict.DEFERRED, "4.2.0", "a greylisted recipient is deferred"),
    (Phase.DATA, 451, "4.3.0 try later", Verdict.DEFERRED, "4.3.0", "a 4xx after the dot is deferred"),
    (Phase.CONNECT, 421, "4.7.0 busy", Verdict.DEFERRED, "4.7.0", "a busy server is deferred"),
    (Phase.LOGIN, 454, "4.7.0 Temporary failure", Verdict.DEFERRED, "4.7.0", "a login server that is ill is deferred"),
    (Phase.RCPT, 550, "5.1.1 User unknown", Verdict.REFUSED, "5.1.1", "an unknown recipient is refused"),
    (Phase.RCPT, 550, "No such user", Verdict.REFUSED, "", "a bare 550 recipient is refused"),
    (Phase.RCPT, 550, "5.7.1 blocked by policy", Verdict.REFUSED, "5.7.1", "a recipient's policy is a refusal"),
    (Phase.DATA, 554, "5.7.1 looks like spam", Verdict.REFUSED, "5.7.1", "content that is not wanted is refused"),
    (Phase.MAIL, 552, "5.3.4 too big", Verdict.REFUSED, "5.3.4", "a letter that is too big is refused"),
    (Phase.LOGIN, 535, "5.7.8 bad credentials", Verdict.ACCOUNT, "5.7.8", "a wrong password is the account's fault"),
    (Phase.LOGIN, 504, "5.5.4 mechanism", Verdict.ACCOUNT, "5.5.4", "an unknown mechanism is the account's fault"),
    (Phase.MAIL, 530, "5.7.0 log in first", Verdict.ACCOUNT, "5.7.0", "a missing login is the account's fault"),
    (Phase.MAIL, 553, "5.7.1 not owned", Verdict.ACCOUNT, "5.7.1", "a sender that is not ours is the account's fault"),
    (Phase.MAIL, 550, "sender rejected", Verdict.ACCOUNT, "", "a bare refusal of the sender is the account's fault"),
    (Phase.RCPT, 554, "5.7.1 Relay access denied", Verdict.ACCOUNT, "5.7.1", "relaying denied is the account's fault"),
    (Phase.DATA, 550, "5.4.5 Daily quota", Verdict.ACCOUNT, "5.4.5", "a used-up quota is the account's fault"),
    (Phase.DATA, 554, "5.2.252 SendAsDenied", Verdict.ACCOUNT, "5.2.252", "send-as denied is the account's fault"),
    (Phase.CONNECT, 554, "no SMTP service here", Verdict.ACCOUNT, "", "a server that will not talk to us at all"),
    (Phase.DATA, None, "", Verdict.UNKNOWN, "", "silence after DATA is in doubt"),
    (Phase.DATA, -1, "garbage", Verdict.UNKNOWN, "", "garbage after DATA is in doubt"),
    (Phase.DATA, 354, "go ahead", Verdict.UNKNOWN, "", "a 354 after the dot is in doubt"),
    (Phase.RCPT, None, "", Verdict.DEFERRED, "", "silence before DATA is deferred"),
    (Phase.MAIL, 354, "", Verdict.DEFERRED, "", "a reply that makes no sense before DATA is deferred"),
]


@pytest.mark.parametrize(
    ("phase", "code", "text", "verdict", "enhanced"), [case[:5] for case in CASES], ids=[case[5] for case in CASES]
)
def test_replies(phase: Phase, code: int | None, text: str, verdict: Verdict, enhanced: str) -> None:
    judgement = judge(phase, code, text)
    assert (judgement.verdict, judgement.enhanced) == (verdict, enhanced)


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        (550, "4.1.1 contradicts its own reply", ""),
        (550, "version 5.1.1 is old", ""),
        (550, "5.1.1.2 an address, not a status", ""),
        (550, "5.01.001 leading zeros", "5.1.1"),
        (250, "2.1.5", "2.1.5"),
        (550, "5.1.1 first line\n5.1.1 second", "5.1.1"),
    ],
)
def test_an_enhanced_status_is_read_only_where_it_opens_the_text_and_agrees(
    code: int, text: str, expected: str
) -> None:
    assert enhanced_status(code, text) == expected


@given(st.sampled_from(Phase), st.none() | st.integers(-1000, 10_000), st.text())
def test_only_data_can_leave_doubt_and_nothing_raises(phase: Phase, code: int | None, text: str) -> None:
    if judge(phase, code, text).verdict is Verdict.UNKNOWN:
        assert phase is Phase.DATA
