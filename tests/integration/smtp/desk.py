"""A letter, and a Submission that hands it to a scripted server."""

from dataclasses import dataclass

from mailbot.wire.smtp import Outcome, SmtpAccount, SmtpLimits, Submission
from tests.integration.smtp.scripted import ScriptedSmtp

LETTER = b"Message-ID: <a@x.test>\r\n\r\nBonjour\r\n.\r\n..fin\r\n"
JULIE, PAUL = "julie@client.test", "paul@client.test"


@dataclass
class Desk:
    """A Submission to a scripted server, and what its `on_committed` saw."""

    server: ScriptedSmtp
    post: Submission
    seen: list[list[str]]

    async def submit(self, *recipients: str, octets: bytes = LETTER, key: str = "INV-1/first") -> Outcome:
        async def on_committed() -> None:
            self.seen.append(list(self.server.verbs))

        return await self.post.submit(key, "bot@x.test", recipients or (JULIE,), octets, on_committed=on_committed)


def desk(server: ScriptedSmtp, limits: SmtpLimits | None = None, password: str = "") -> Desk:
    account = SmtpAccount("127.0.0.1", server.port, "bot" if password else "", password, "plain")
    return Desk(server, Submission(account, limits), [])
