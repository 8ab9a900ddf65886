"""The other route to the operator: a command that is run, a second mail account, or both."""

import asyncio
import contextlib
import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.mail.compose import Draft, compose, mint_message_id
from mailbot.wire.smtp import Submission
from mailbot.wire.smtp_account import SmtpAccount, SmtpLimits

log = logging.getLogger(__name__)

_COMMAND_S = 30.0
_LIMITS = SmtpLimits(connect_s=20.0, command_s=30.0, data_s=120.0)


@dataclass(frozen=True, slots=True)
class AlarmAccount:
    """A second mail account, at another provider than the first: who sends, and to whom."""

    smtp: SmtpAccount
    sender: str
    recipients: tuple[str, ...]


class Alarm:
    """Rings by every route that is set up. Never raises: an alarm that fails is logged, and was not heard."""

    def __init__(self, command: Sequence[str] = (), account: AlarmAccount | None = None) -> None:
        self._command = tuple(command)
        self._account = account

    async def ring(self, subject: str, text: str, at: datetime) -> bool:
        """True if one route took the message."""
        heard = [await self._run(subject, text), await self._post(subject, text, at)]
        return any(heard)

    async def _run(self, subject: str, text: str) -> bool:
        """Run the command without a shell; subject and text come on its input, our secrets are kept from it."""
        if not self._command:
            return False
        env = {name: value for name, value in os.environ.items() if not name.startswith("MAILBOT_")}
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.DEVNULL,
                env=env,
            )
        except (OSError, ValueError) as fault:
            log.error("the alarm command cannot be run: %s", fault)  # noqa: TRY400 - it says all there is
            return False
        try:
            async with asyncio.timeout(_COMMAND_S):
                await process.communicate(f"{subject}\n\n{text}".encode())
        except TimeoutError:
            log.error("the alarm command did not end within %d s", _COMMAND_S)  # noqa: TRY400
        finally:
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
        if process.returncode:
            log.error("the alarm command ended with %d", process.returncode)
        return process.returncode == 0

    async def _post(self, subject: str, text: str, at: datetime) -> bool:
        if self._account is None:
            return False
        account = self._account
        key = f"alarm.{at:%Y%m%dT%H%M%S%f}"
        try:
            draft = Draft(
                message_id=mint_message_id(key, account.sender.rpartition("@")[2]),
                date=at,
                sender=("mailbot", account.sender),
                to=tuple(("", recipient) for recipient in account.recipients),
                subject=" ".join(subject.split()),
                text=text,
            )
            octets = compose(draft)
        except ValueError as fault:
            log.error("the alarm cannot be written: %s", fault)  # noqa: TRY400
            return False
        post = Submission(account.smtp, _LIMITS)
        try:
            outcome = await post.submit(key, account.sender, draft.recipients, octets, on_committed=_nothing)
        finally:
            await post.close()
        if outcome.verdict != "accepted":
            log.error("the alarm's mail account answered: %s %s", outcome.code, outcome.text)
        return outcome.verdict == "accepted"


async def _nothing() -> None:
    """An alarm is in no outbox: there is nothing to commit."""
