"""A letter whose fate is unknown: what proves that it left, and what is done where nothing does."""

from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest

from mailbot.core.matter import MatterKind
from mailbot.flows.dispatch import dispatch, file_copies
from mailbot.flows.doubt import look_for_proof
from mailbot.flows.freshness import was_read
from mailbot.flows.outbound import LetterState, NewLetter
from mailbot.flows.outside import Outcome
from mailbot.flows.proof import Proofs, channels, envelope_ids, proofs_of, remember
from mailbot.flows.receive import sync
from mailbot.flows.review import review
from mailbot.mail.parse import parse
from tests.fakes.far_side import House
from tests.unit.flows.scene import codes, late, letters, look, mail, matters, only_letter, settled_in

UNKNOWN = Outcome("unknown", 0, "connection lost", "data")
GRACE = timedelta(hours=4)


async def learnt(
    home: House, sent_copy_s: float | None = None, own_copy_s: float | None = None, report_s: float | None = None
) -> None:
    """An account that was probed."""
    async with home.store.begin() as tx:
        await remember(tx, Proofs(home.clock.now(), sent_copy_s, own_copy_s, report_s))


async def in_doubt(home: House) -> House:
    """A courtesy letter after whose last dot the connection died."""
    await settled_in(home, late())
    await review(home.bot)
    await was_read(home.bot, home.clock.now())
    home.post.answers = [UNKNOWN]
    await dispatch(home.bot)
    return home


async def wait(home: House, hours: float, *, sends: bool = True) -> None:
    """Time passes; every half hour the daemon looks for proof and hands over what is ready."""
    for _ in range(int(hours * 2)):
        home.clock.advance(timedelta(minutes=30))
        await look_for_proof(home.bot)
        if sends:
            await look(home)


def with_self_copies(home: House) -> House:
    """The same, with `bcc_self`."""
    home.bot = replace(home.bot, business=replace(home.bot.business, bcc_self=True))
    return home


async def test_a_letter_without_the_copy_that_the_provider_always_files_leaves_again_as_the_same_octets(
    home: House,
) -> None:
    await learnt(home, sent_copy_s=3)
    await in_doubt(home)
    first = await only_letter(home)
    assert await matters(home) == [], "nobody is asked before the grace is over"
    await wait(home, 3.5)
    assert (await only_letter(home)).state is LetterState.IN_DOUBT
    assert home.post.posted == []
    await wait(home, 1)
    assert [posted.octets for posted in home.post.posted] == [first.octets]
    assert (await only_letter(home)).state is LetterState.SENT
    assert "doubt_resend" in await codes(home)
    assert await matters(home) == []


async def test_a_copy_that_comes_late_within_the_grace_still_settles_it(home: House) -> None:
    await learnt(home, sent_copy_s=3)
    await in_doubt(home)
    await wait(home, 3)
    home.mailbox.known_ids = {(await only_letter(home)).message_id}
    await wait(home, 24, sends=False)
    assert (await only_letter(home)).state is LetterState.SENT
    assert len(home.post.tried) == 1


@pytest.mark.parametrize(
    ("known", "bcc"),
    [
        pytest.param({}, True, id="never probed"),
        pytest.param({"report_s": 1.0}, True, id="success reports only: somebody further on may swallow one"),
        pytest.param({"own_copy_s": 1.0}, False, id="mail to oneself comes, and this letter did not go to oneself"),
        pytest.param({"sent_copy_s": 3600.0}, False, id="a proof that takes an hour, within a grace of four"),
    ],
)
async def test_without_a_channel_whose_silence_means_something_the_operator_is_asked(
    home: House, known: dict[str, float], bcc: bool
) -> None:
    if known:
        await learnt(home, **known)
    await in_doubt(with_self_copies(home) if bcc else home)
    assert [matter.kind for matter in await matters(home)] == [MatterKind.DOUBT]
    await wait(home, 48)
    assert len(home.post.tried) == 1
    assert (await only_letter(home)).state is LetterState.IN_DOUBT
    assert [matter.kind for matter in await matters(home)] == [MatterKind.DOUBT]
    assert (await codes(home)).count("doubt_asked") == 1, "said once"


async def test_our_own_address_in_the_envelope_makes_the_inbox_a_witness(home: House) -> None:
    await learnt(home, own_copy_s=2)
    await in_doubt(with_self_copies(home))
    letter = await only_letter(home)
    assert letter.recipients == ("anna@client.example", "bot@studio.example")
    assert b"bot@studio.example" not in letter.octets.partition(b"\r\nTo: ")[2].partition(b"\r\n")[0]
    await wait(home, 5)
    assert [posted.octets for posted in home.post.posted] == [letter.octets]


async def test_nothing_is_concluded_while_the_mailbox_cannot_be_read(home: House) -> None:
    await learnt(home, sent_copy_s=3)
    await in_doubt(home)
    home.mailbox.down = True
    home.clock.advance(GRACE * 2)
    with pytest.raises(ConnectionError):
        await look_for_proof(home.bot)
    assert (await only_letter(home)).state is LetterState.IN_DOUBT


async def test_a_letter_too_old_to_leave_is_the_operators_to_judge(home: House) -> None:
    """A late letter is better than a double one: the ladder waits."""
    await learnt(home, sent_copy_s=3)
    await in_doubt(home)
    home.clock.advance(timedelta(days=8))
    await look_for_proof(home.bot)
    assert (await only_letter(home)).state is LetterState.IN_DOUBT
    assert [matter.kind for matter in await matters(home)] == [MatterKind.DOUBT]
    assert "doubt_expired" in await codes(home)
    await wait(home, 24 * 20)
    assert len(home.post.tried) == 1


async def test_one_that_is_lost_sight_of_again_and_again_comes_before_the_operator(home: House) -> None:
    await learnt(home, sent_copy_s=3)
    await in_doubt(home)
    home.post.answers = [UNKNOWN] * 50
    await wait(home, 24 * 3)
    assert len(home.post.tried) <= 6
    assert [matter.kind for matter in await matters(home)] == [MatterKind.DOUBT]


@pytest.mark.parametrize("probed", [True, False], ids=["the inbox is a witness", "no witness"])
async def test_mail_to_the_operator_is_never_asked_about(home: House, probed: bool) -> None:
    """With a witness it is sent again, without one it is dropped."""
    if probed:
        await learnt(home, own_copy_s=1)
    now = home.clock.now()
    letter = NewLetter(
        "digest.1", "studio", None, "digest", (), (), False, False, "Digest", "bot@studio.example",
        ("bot@studio.example",), "<d1@studio.example>", b"Subject: Digest\r\n\r\n", now, now, now + timedelta(days=1),
    )  # fmt: skip
    async with home.store.begin() as tx:
        await tx.enqueue(letter)
    home.post.answers = [UNKNOWN]
    await dispatch(home.bot)
    assert await matters(home) == []
    await wait(home, 6)
    assert await matters(home) == []
    assert (await only_letter(home)).state is (LetterState.SENT if probed else LetterState.WITHDRAWN)
    assert len(home.post.tried) == (2 if probed else 1)


def _bounce(letter_id: str, envid: str) -> bytes:
    return (
        "Return-Path: <>\r\nFrom: MAILER-DAEMON@mx.example\r\nTo: bot@studio.example\r\nSubject: Undelivered\r\n"
        'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
        "--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"{envid}Reporting-MTA: dns; mx.example\r\n\r\nFinal-Recipient: rfc822; anna@client.example\r\n"
        "Action: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\n"
        f"{letter_id}Subject: x\r\n\r\n--b--\r\n"
    ).encode()


@pytest.mark.parametrize("what", ["reply", "references", "bounce", "envelope id", "own copy", "rewritten own copy"])
@pytest.mark.parametrize("state", [LetterState.IN_DOUBT, LetterState.SENDING])
async def test_a_mail_that_can_exist_only_if_it_left_settles_the_doubt(
    home: House, what: str, state: LetterState
) -> None:
    """Also while the lease of the dead process still runs."""
    await in_doubt(home)
    letter = await only_letter(home)
    if state is LetterState.SENDING:
        async with home.store.begin() as tx:
            await tx.move_letter(letter.key, [LetterState.IN_DOUBT], LetterState.SENDING, at=home.clock.now())
    copy = EmailMessage()
    copy["From"], copy["To"], copy["Subject"] = "bot@studio.example", "anna@client.example", "Votre facture"
    if what == "own copy":
        copy["Message-ID"] = letter.message_id
    else:
        copy["Message-ID"], copy["X-Mailbot-Letter"] = "<another@ses.example>", letter.key
    copy.set_content("...")
    key = letter.key.replace("+", "+2B")
    octets = {
        "reply": mail(home, "Bien reçu, merci.", In_Reply_To=letter.message_id),
        "references": mail(home, "Bien reçu, merci.", References=f"<x@y.example> {letter.message_id}"),
        "bounce": _bounce(f"Message-ID: {letter.message_id}\r\n", ""),
        "envelope id": _bounce("", f"Original-Envelope-Id: {key}\r\n"),
        "own copy": bytes(copy),
        "rewritten own copy": bytes(copy),
    }[what]
    home.mailbox.deliver(octets)
    await sync(home.bot)
    came_back = what == "bounce"
    assert (await only_letter(home)).state is (LetterState.REFUSED if came_back else LetterState.SENT)
    assert "proof_found" in await codes(home)
    assert MatterKind.DOUBT not in [matter.kind for matter in await matters(home)]


async def test_a_mail_of_the_same_client_about_something_else_proves_nothing(home: House) -> None:
    await in_doubt(home)
    home.mailbox.deliver(mail(home, "Et notre autre projet ?"))
    home.mailbox.deliver(mail(home, "Facture F-1 ?", Subject="F-1", In_Reply_To="<other@studio.example>"))
    await sync(home.bot)
    assert (await only_letter(home)).state is LetterState.IN_DOUBT


async def test_copies_wait_for_a_provider_that_files_its_own(home: House) -> None:
    await learnt(home, sent_copy_s=3)
    await settled_in(home, late())
    await look(home)
    await file_copies(home.bot)
    assert home.mailbox.sent == []
    home.clock.advance(timedelta(minutes=3))
    await file_copies(home.bot)
    assert len(home.mailbox.sent) == 1
    known = await proofs_of(home.store)
    assert known is not None
    assert known.sent_copy_s is None, "it filed none after all: its silence proves nothing any more"


async def test_what_was_learnt_comes_back_and_what_cannot_be_read_counts_as_nothing(home: House) -> None:
    known = Proofs(home.clock.now(), 1.5, None, 2.0, reports_offered=True, return_path="a@b.example", authserv_id="mx")
    async with home.store.begin() as tx:
        await remember(tx, known)
    assert await proofs_of(home.store) == known
    for broken in ("{", "[]", '{"probed_at": 3}', '{"probed_at": "2026-01-01T00:00:00+00:00", "colour": "red"}'):
        async with home.store.begin() as tx:
            await tx.remember("proofs", broken)
        assert await proofs_of(home.store) is None


@pytest.mark.parametrize(
    ("field", "key"),
    [
        ("F-1.friendly", "F-1.friendly"),
        ("F-1+2BF-2.several", "F-1+F-2.several"),
        ("F-1+F-2.several", "F-1+F-2.several"),
        ("caf%C3%A9+2B1", "café+1"),
    ],
)
def test_an_envelope_id_is_known_however_the_server_writes_it(field: str, key: str) -> None:
    assert key in envelope_ids(parse(_bounce("", f"Original-Envelope-Id: {field}\r\n")))


async def test_channels_need_to_be_much_faster_than_the_grace(home: House) -> None:
    await in_doubt(home)
    letter = (await letters(home))[0]
    known = Proofs(home.clock.now(), sent_copy_s=60)
    assert channels(letter, known, "bot@studio.example", timedelta(minutes=10)) == ("sent_copy",)
    assert channels(letter, known, "bot@studio.example", timedelta(minutes=9)) == ()
