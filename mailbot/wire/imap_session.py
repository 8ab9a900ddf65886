"""One logged-in IMAP connection and what is asked of it; synchronous, and used by one thread only.

Nothing here changes what a person has in their mailbox: folders are opened by EXAMINE, bodies are read by BODY.PEEK,
and the only thing ever written is our own letter's copy in the Sent folder.
"""

import imaplib
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email.parser import BytesHeaderParser
from enum import StrEnum
from typing import Any

from mailbot.flows.inbound import Cursor, RawMail
from mailbot.wire.imap_account import ImapAccount, ImapLimits
from mailbot.wire.imap_client import Bell, Client, Wake, tls_context
from mailbot.wire.imap_errors import (
    ImapCertificateError,
    ImapFolderMissing,
    ImapLoginRefused,
    ImapUnavailable,
    asks_for_patience,
    is_broken,
    login_fault,
    passes,
    retry_after_s,
    said,
    translated,
)
from mailbot.wire.imap_folders import Folder, WatchedFolders, resolve

LETTER_HEADER = "X-Mailbot-Letter"


class SentCopy(StrEnum):
    """What became of our own copy for the Sent folder."""

    FILED = "filed"
    ALREADY_THERE = "already_there"
    NO_FOLDER = "no_folder"


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be fetched from a folder: UIDs in ascending order, and the cursor once all of them are stored."""

    folder: str
    uids: tuple[int, ...]
    end: Cursor
    first: bool = False
    rescanned: bool = False


class Session:
    """A connection from login to logout. Every method may raise `ImapError` of some kind."""

    def __init__(self, account: ImapAccount, limits: ImapLimits) -> None:
        self._account = account
        self._limits = limits
        self._selected: tuple[str, int] | None = None
        self._folders: WatchedFolders | None = None
        self._read_up_to: dict[str, Cursor] = {}
        self._idles = True
        self._refusal = ""
        with translated(account):
            self._client = self._connect()
            try:
                self._secure()
                self._log_in()
            except BaseException:
                self._client.protocol.shutdown()
                raise

    def _connect(self) -> Client:
        try:
            self._context = tls_context(self._account)
        except OSError as error:
            raise ImapCertificateError(
                f"{self._account.where}: ca_file {self._account.ca_file} cannot be read ({error.strerror or error}); "
                "it must be a PEM file with the certificate authority's certificate"
            ) from error
        return Client(self._account, self._limits, self._context)

    def _secure(self) -> None:
        if self._account.security != "starttls":
            return
        if not self._client.has_capability("STARTTLS"):
            raise ImapUnavailable(
                f"{self._account.where}: the server offers no STARTTLS here; "
                'use security = "tls" with port 993. The password was not sent.'
            )
        self._client.starttls(self._context)

    def _log_in(self) -> None:
        account, client = self._account, self._client
        if client.has_capability("LOGINDISABLED"):
            raise ImapLoginRefused(
                f"{account.where}: the server takes no password on this kind of connection; "
                'use security = "tls" with port 993 or "starttls" with port 143'
            )
        try:
            if account.user.isascii() and account.password.isascii():
                client.login(_astring(account.user), account.password)
            else:
                # LOGIN is ASCII only; PLAIN is UTF-8 (RFC 4616).
                client.plain_login(account.user, account.password)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise login_fault(account, error) from error
        # Servers name IDLE and others only after the login (RFC 9051 6.1.1), and within IDLE nothing can be asked.
        self._idles = "IDLE" in {word.decode("ascii", "replace") for word in client.capabilities()}

    def sever(self) -> None:
        """End whatever is under way; may be called from another thread."""
        self._client.protocol.sever()

    def discard(self) -> None:
        """Close the socket without a word."""
        self._client.protocol.shutdown()

    def log_out(self, within_s: float) -> None:
        """Say goodbye, and close the socket in any case."""
        try:
            with suppress(OSError, imaplib.IMAP4.error):
                self._client.protocol.sock.settimeout(within_s)
                self._client.logout()
        finally:
            self._client.protocol.shutdown()

    def folders(self) -> WatchedFolders:
        """Ask for the folders once per connection."""
        if self._folders is None:
            with translated(self._account):
                listed = self._client.list_folders()
            self._folders = resolve(
                [
                    Folder(
                        name,
                        separator.decode("ascii", "replace") if separator else "",
                        frozenset(_text(flag).lower() for flag in flags),
                    )
                    for flags, separator, name in listed
                ],
                self._account,
            )
        return self._folders

    def _examine(self, folder: str) -> dict[bytes, Any]:
        """Open a folder read-only (EXAMINE): SELECT takes the Recent flag away from the person's mail program."""
        self._selected = None
        try:
            state: dict[bytes, Any] = self._client.select_folder(folder, readonly=True)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            text = said(error, self._account)
            if passes(text):
                raise
            raise ImapFolderMissing(
                f'{self._account.where}: folder "{folder}" cannot be opened ({text}); name one that exists, or "auto"',
                retry_after_s(text),
            ) from error
        self._selected = (folder, int(state.get(b"UIDVALIDITY", 0)))
        return state

    def _return_to(self, folder: str) -> int:
        """Make sure that the folder is open; gives its UIDVALIDITY."""
        if self._selected is None or self._selected[0] != folder:
            self._examine(folder)
        assert self._selected is not None
        return self._selected[1]

    def _search(self, *criteria: object) -> list[int]:
        return sorted(int(uid) for uid in self._client.search(list(criteria)))

    def _search_from(self, uid: int) -> list[int]:
        # "100:*" also means "*:100": with nothing new the last message comes back (RFC 9051 9, seq-range).
        return [found for found in self._search("UID", f"{uid}:*") if found >= uid]

    def plan(self, folder: str, cursor: Cursor | None, since: date) -> Plan:
        """Find what is new after the cursor; without one, or with one of another UIDVALIDITY, what came since a day."""
        with translated(self._account):
            state = self._examine(folder)
            uidvalidity, uidnext = int(state.get(b"UIDVALIDITY", 0)), int(state.get(b"UIDNEXT", 0))
            # A server that was restored from a backup may count back without a new UIDVALIDITY.
            went_back = cursor is not None and 0 < uidnext <= cursor.last_uid
            same = cursor is not None and cursor.uidvalidity == uidvalidity and not went_back
            if cursor is not None and same:
                uids = self._search_from(cursor.last_uid + 1)
                last_uid = max([cursor.last_uid, *uids])
            else:
                # INTERNALDATE is compared in the server's own zone: ask for one day more.
                uids = self._search("SINCE", since - timedelta(days=1))
                last_uid = max([uidnext - 1, 0, *uids])
            end = Cursor(uidvalidity, last_uid)
            self._read_up_to[folder] = end
        return Plan(folder, tuple(uids), end, first=cursor is None, rescanned=cursor is not None and not same)

    def fetch(self, plan: Plan, start: int) -> tuple[tuple[RawMail, ...], int]:
        """Fetch the next messages of a plan, within the limits of a batch; also say where to go on.

        Messages that vanished meanwhile are left out. If the folder was replaced, the plan ends here.
        """
        with translated(self._account):
            if self._return_to(plan.folder) != plan.end.uidvalidity:
                return (), -1
            wanted = plan.uids[start : start + self._limits.batch_mails]
            sizes = {
                uid: (int(item[b"RFC822.SIZE"]), item.get(b"INTERNALDATE"))
                for uid, item in self._fetch_or_each(wanted, ["RFC822.SIZE", "INTERNALDATE"]).items()
                if b"RFC822.SIZE" in item
            }
            taken = self._within_batch(wanted, {uid: size for uid, (size, _) in sizes.items()})
            cap = self._limits.oversize_octets
            whole = self._octets(
                self._fetch_or_each([uid for uid in taken if uid in sizes and sizes[uid][0] <= cap], ["BODY.PEEK[]"]),
                b"BODY[]",
            )
            # Too large, or of unknown size, or refused by the server; those that vanished are among them no more.
            rest = self._still_there([uid for uid in taken if uid not in whole])
            parts = {uid: octets for uid in rest if (octets := self._part(plan, uid)) is not None}
        mails = tuple(
            RawMail(
                self._account.key,
                plan.folder,
                plan.end.uidvalidity,
                uid,
                whole[uid] if uid in whole else parts[uid],
                _utc(sizes[uid][1] if uid in sizes else None),
                oversize=uid in parts,
            )
            for uid in taken
            if uid in whole or uid in parts
        )
        return mails, start + len(taken)

    def _within_batch(self, uids: Iterable[int], sizes: dict[int, int]) -> list[int]:
        taken: list[int] = []
        total = 0
        for uid in uids:
            total += min(sizes.get(uid, 0), self._limits.oversize_octets)
            if taken and total > self._limits.batch_octets:
                break
            taken.append(uid)
        return taken

    def _part(self, plan: Plan, uid: int) -> bytes | None:
        """Take the header and the first part of the body; failing that the header; failing that no octets at all.

        A message that the server lists and will not hand out must neither stop the mailbox nor be forgotten. Where the
        server says that the fault is its own, it is asked again later. None if the message vanished.
        """
        self._refusal = ""
        head = f"BODY.PEEK[]<0.{self._limits.oversize_head_octets}>"
        for item, name in ((head, b"BODY[]<0>"), ("BODY.PEEK[HEADER]", b"BODY[HEADER]")):
            if octets := self._octets(self._fetch_or_each([uid], [item]), name).get(uid):
                return octets
        if not self._still_there([uid]):
            return None
        if is_broken(self._refusal):
            raise ImapUnavailable(
                f'{self._account.where}: the server fails over message UID {uid} in "{plan.folder}" ({self._refusal}); '
                "trying again later. If it stays so, move that message elsewhere."
            )
        return b""

    def _fetch_or_each(self, uids: Iterable[int], items: list[str]) -> dict[int, dict[bytes, Any]]:
        """FETCH at once; where the server says no because of one message (RFC 2180 4.1), each by itself."""
        wanted = list(uids)
        try:
            return dict(self._client.fetch(wanted, items))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            self._refusal = said(error, self._account)
            if asks_for_patience(self._refusal):
                raise
            self._client.noop()
        found: dict[int, dict[bytes, Any]] = {}
        for uid in wanted if len(wanted) > 1 else ():
            found.update(self._fetch_or_each([uid], items))
        return found

    def _still_there(self, uids: list[int]) -> list[int]:
        if not uids:
            return []
        self._client.noop()
        return self._search("UID", ",".join(map(str, sorted(uids))))

    @staticmethod
    def _octets(items: dict[int, dict[bytes, Any]], name: bytes) -> dict[int, bytes]:
        return {uid: item[name] for uid, item in items.items() if isinstance(item.get(name), bytes)}

    def wait(self, folder: str | None, timeout_s: float, bell: Bell) -> Wake:
        """Wait for news of a folder by IDLE, or by sleeping where the server has none."""
        folder = folder or self.folders().inbox
        with translated(self._account):
            if self._news_before_idle(folder):
                return Wake.NEWS
            if self._idles:
                wake = self._client.idle_until(min(timeout_s, self._limits.reidle_s), bell)
                if wake is not None:
                    return wake
                self._idles = False
        return Wake.INTERRUPTED if bell.rings_within(min(timeout_s, self._limits.poll_s)) else Wake.TIMEOUT

    def _news_before_idle(self, folder: str) -> bool:
        """Close the gap between the last search and IDLE: what came in between is announced by nobody any more."""
        uidvalidity = self._return_to(folder)
        known = self._read_up_to.get(folder)
        self._client.unsolicited_news()
        if known is None:
            return False
        # A NOOP lets servers that look only then notice what others delivered.
        self._client.noop()
        self._client.unsolicited_news()
        newer = known.uidvalidity != uidvalidity or bool(self._search_from(known.last_uid + 1))
        return self._client.unsolicited_news() or newer

    def append_sent(self, octets: bytes, at: datetime) -> SentCopy:
        """Put our letter into the Sent folder, marked as read, unless it is there already."""
        folder = self.folders().sent
        if folder is None:
            return SentCopy.NO_FOLDER
        header = BytesHeaderParser().parsebytes(octets)
        message_id, letter = str(header.get("Message-ID", "")).strip(), str(header.get(LETTER_HEADER, "")).strip()
        if (message_id or letter) and self.holds(message_id, folder, letter):
            return SentCopy.ALREADY_THERE
        with translated(self._account):
            self._client.append(folder, octets, flags=(b"\\Seen",), msg_time=at)
        return SentCopy.FILED

    def holds(self, message_id: str, folder: str, letter: str = "") -> bool:
        """Whether the folder holds a message with this Message-ID, or with this `X-Mailbot-Letter`.

        SEARCH HEADER finds parts of words, and some servers find words near to them: so the headers are compared.
        """
        with translated(self._account):
            self._examine(folder)
            found: set[int] = set()
            for name, value in (("Message-ID", message_id), (LETTER_HEADER, letter)):
                if value and value.isascii() and value.isprintable():
                    found.update(self._search("HEADER", name, value))
            fields = f"BODY.PEEK[HEADER.FIELDS (MESSAGE-ID {LETTER_HEADER.upper()})]"
            for item in self._fetch_or_each(sorted(found)[-50:], [fields]).values() if found else ():
                for part in item.values():
                    if isinstance(part, bytes) and _proves(part, message_id, letter):
                        return True
        return False


def _proves(header: bytes, message_id: str, letter: str) -> bool:
    parsed = BytesHeaderParser().parsebytes(header)
    ids = {"".join(str(value).split()) for value in parsed.get_all("Message-ID", [])}
    letters = {str(value).strip() for value in parsed.get_all(LETTER_HEADER, [])}
    return (bool(message_id) and message_id.strip() in ids) or (bool(letter) and letter.strip() in letters)


def _astring(user: str) -> str:
    """Quote a user name with spaces and the like (RFC 9051 9, astring); imaplib quotes the password only."""
    if re.fullmatch(r"[\w.@+=-]+", user, re.ASCII):
        return user
    escaped = user.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _text(value: object) -> str:
    return value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)


def _utc(arrived: datetime | None) -> datetime:
    """INTERNALDATE in UTC; a server that gives none leaves the moment of reading."""
    return arrived.astimezone(UTC) if arrived is not None else datetime.now(UTC)
