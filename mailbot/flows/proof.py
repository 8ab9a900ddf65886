"""Which proofs of departure this account gives: learnt by `mailbot check --probe`, weighed when a letter is in doubt.

A proof that is found settles a doubt whatever was learnt before. What was learnt says what it means when none is found:
only a channel that is known to speak proves anything by its silence (law 2).
"""

import json
import logging
from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import unquote

from mailbot.flows.outbound import Letter
from mailbot.flows.ports import Store, Tx
from mailbot.mail.parse import ParsedMail
from mailbot.mail.report import report_of

log = logging.getLogger(__name__)

SENT_COPY, OWN_COPY = "sent_copy", "own_copy"
_KEY = "proofs"
# The grace must be much longer than the delay of a proof (FIELD section 4).
_PATIENCE = 10
LETTER_FIELD = "x-mailbot-letter"
_ENVID_FIELD = "original-envelope-id:"


@dataclass(frozen=True, slots=True)
class Proofs:
    """What a mail to oneself has shown. Delays are seconds from the server's 250; None means that nothing came.

    `sent_copy_s`: a copy that the provider put into the Sent folder by itself; `own_copy_s`: the mail in one's own
    inbox; `report_s`: a success report (RFC 3461) that names the envelope id. `return_path` is the envelope sender as
    it arrived. `authserv_id` is what the provider signs its Authentication-Results with (RFC 8601 2.5), or empty.
    """

    probed_at: datetime
    sent_copy_s: float | None = None
    own_copy_s: float | None = None
    report_s: float | None = None
    reports_offered: bool = False
    in_junk: bool = False
    message_id_kept: bool | None = None
    letter_field_kept: bool | None = None
    references_kept: bool | None = None
    return_path: str | None = None
    return_path_kept: bool | None = None
    authserv_id: str = ""


async def proofs_of(store: Store) -> Proofs | None:
    """What is known of this account, or None before the first probe."""
    text = await store.recall(_KEY)
    if not text:
        return None
    try:
        known = json.loads(text)
        return Proofs(**known | {"probed_at": datetime.fromisoformat(known["probed_at"])})
    except (ValueError, TypeError, KeyError):
        log.warning("what was learnt of the account's proofs cannot be read; run `mailbot check --probe` again")
        return None


async def remember(tx: Tx, proofs: Proofs) -> None:
    """Keep what was learnt."""
    await tx.remember(_KEY, json.dumps(asdict(proofs) | {"probed_at": proofs.probed_at.isoformat()}))


def channels(letter: Letter, proofs: Proofs | None, own_address: str, grace: timedelta) -> tuple[str, ...]:
    """The channels that would have shown this letter long before `grace` is over, had it left.

    A success report is none of them: a server further on may swallow it, so its absence says nothing.
    """
    if proofs is None:
        return ()

    def speaks(delay_s: float | None) -> bool:
        return delay_s is not None and timedelta(seconds=delay_s * _PATIENCE) <= grace

    found = []
    if speaks(proofs.sent_copy_s):
        found.append(SENT_COPY)
    if speaks(proofs.own_copy_s) and own_address.lower() in (one.lower() for one in letter.recipients):
        found.append(OWN_COPY)
    return tuple(found)


def names(mail: ParsedMail, letter: Letter) -> bool:
    """Whether a mail can exist only because this letter left: its own copy, a report about it, an answer to it.

    Message-ID and key are known to nobody who did not get the letter. No other letter of ours names one that has not
    surely left.
    """
    report = report_of(mail)
    ids = {mail.message_id, mail.in_reply_to, *mail.references, mail.returned.message_id}
    if letter.message_id in ids or (report is not None and letter.message_id in report.message_ids):
        return True
    fields = (*mail.headers.get(LETTER_FIELD, ()), *mail.returned.fields.get(LETTER_FIELD, ()))
    return letter.key in (field.strip() for field in fields) or letter.key in envelope_ids(mail)


def envelope_ids(mail: ParsedMail) -> Collection[str]:
    """The envelope ids of a report (RFC 3464 2.2.1), as they stand and decoded: not every server decodes them."""
    found: set[str] = set()
    for line in mail.report.splitlines()[:200]:
        if line.lower().startswith(_ENVID_FIELD):
            given = line.partition(":")[2].strip()
            plain = _from_xtext(given)
            found |= {given, plain, unquote(given), unquote(plain)}
    return found


def _from_xtext(text: str) -> str:
    """Decode xtext (RFC 3461 4): `+2B` is a plus sign. What is none stays as it is."""
    first, *rest = text.split("+")
    plain = first
    for part in rest:
        code, tail = part[:2], part[2:]
        try:
            plain += chr(int(code, 16)) + tail if len(code) == 2 and code == code.upper() else f"+{part}"
        except ValueError:
            plain += f"+{part}"
    return plain
