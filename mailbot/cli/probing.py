"""`mailbot check --probe`: one mail to yourself, and what it shows about your mail account."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from mailbot.bot import Assembled
    from mailbot.flows.proof import Proofs

Line = tuple[str, str, str]
_SUBJECT = "mailbot tests this mail account"
_TEXT = (
    "mailbot sent this mail to its own address, because somebody typed `mailbot check --probe`.\n"
    "It learns from it how a letter can be shown to have left. You may delete it.\n"
)


async def probe_lines(parts: "Assembled", wait_s: int) -> "AsyncIterator[Line]":
    """Send the mail, wait, and tell what was learnt as (name, fault or empty text, detail)."""
    import asyncio
    from dataclasses import replace
    from datetime import timedelta

    from mailbot.bot import smtp_account
    from mailbot.flows.dispatch import AccountFault
    from mailbot.flows.probe import ProbeFault, ProbeWords, probe
    from mailbot.wire.imap_errors import ImapError
    from mailbot.wire.smtp import SmtpLimits, Submission

    post = Submission(smtp_account(parts.settings), SmtpLimits(success_reports=True))
    try:
        known = await probe(
            replace(parts.bot, post=post),
            ProbeWords(_SUBJECT, _TEXT),
            wait=timedelta(seconds=wait_s),
            pause=lambda: asyncio.sleep(1),
            offers_reports=lambda: post.offers("dsn"),
        )
    except (ProbeFault, AccountFault) as fault:
        yield "probe", f"the mail to {parts.bot.business.email} was not taken ({fault}); mend that first", ""
        return
    except ImapError as fault:
        yield "probe", f"the mail left, but the mailbox could not be read: {fault}", ""
        return
    finally:
        await post.close()
    for line in told(known, wait_s, bcc_self=parts.bot.business.bcc_self):
        yield line


def told(known: "Proofs", wait_s: int, *, bcc_self: bool) -> list[Line]:
    """What was learnt, and what it means."""
    nothing = f"none within {wait_s} s"
    lines = [("probe", "", "one mail to yourself was accepted")]
    if known.sent_copy_s is None:
        lines.append(("copy in Sent", "", f"{nothing}: mailbot files its own copies; they prove nothing"))
    else:
        detail = f"filed by your provider after {known.sent_copy_s:.0f} s: it proves which letters left"
        lines.append(("copy in Sent", "", detail))
    lines.append(("mail to yourself", "", _own_copy(known, nothing, bcc_self=bcc_self)))
    if known.own_copy_s is not None:
        lines += [("Message-ID", "", _ids(known)), ("envelope sender", "", _sender(known))]
        detail = known.authserv_id or "your provider signs none of its own on mail to yourself"
        lines.append(("Authentication-Results", "", detail))
    lines.append(("success report", "", _report(known, nothing)))
    witness = known.sent_copy_s is not None or (known.own_copy_s is not None and bcc_self)
    lines.append(
        (
            "letters in doubt",
            "",
            "settle themselves: found they count as sent, missing they leave again unchanged"
            if witness
            else "are shown to you, and you decide, unless a reply or a bounce proves that they left",
        )
    )
    return lines


def _own_copy(known: "Proofs", nothing: str, *, bcc_self: bool) -> str:
    if known.own_copy_s is None:
        return f"{nothing}: your provider keeps it to itself, so [smtp] bcc_self would prove nothing"
    where = "in Junk (mark it as wanted)" if known.in_junk else "in the inbox"
    means = "bcc_self is on: each letter leaves such a proof" if bcc_self else "with [smtp] bcc_self = true, a proof"
    return f"{where} after {known.own_copy_s:.0f} s; {means}"


def _ids(known: "Proofs") -> str:
    if known.message_id_kept:
        return "kept: replies and bounces name it"
    left = [
        name
        for name, kept in (("References", known.references_kept), ("X-Mailbot-Letter", known.letter_field_kept))
        if kept
    ]
    return f"rewritten by your provider; {' and '.join(left) or 'nothing of ours'} survived" + (
        "" if left else ": replies are tied to letters by their sender alone"
    )


def _sender(known: "Proofs") -> str:
    if known.return_path_kept is None:
        return "not shown by your provider (no Return-Path)"
    return "kept: bounces come to your mailbox" if known.return_path_kept else f"rewritten to {known.return_path}"


def _report(known: "Proofs", nothing: str) -> str:
    if known.report_s is not None:
        return f"came after {known.report_s:.0f} s; [smtp] success_reports = true asks for one with each letter"
    return f"offered, but {nothing}" if known.reports_offered else "not offered by your server"
