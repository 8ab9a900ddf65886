"""What the operator is told: the digest and its parts, as values. `letters` puts them into words."""

from dataclasses import dataclass
from datetime import date

from mailbot.core.aging import Aging
from mailbot.core.cash import CashInShort
from mailbot.core.matter import MatterKind
from mailbot.core.money import Money
from mailbot.core.reason import Reason


@dataclass(frozen=True, slots=True)
class Owed:
    """An invoice as the operator sees it at a glance."""

    number: str
    balance: Money
    due_on: date
    days_past_due: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Command:
    """A command line that answers a matter; `does` names its meaning (`[command]` in phrases.toml)."""

    line: str
    does: str


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer by mail: the line to write, what it does (`[command]` or `[intent]` in phrases.toml), a mailto link."""

    line: str
    does: str
    link: str


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened on a day."""

    on: date
    what: Reason
    client: str = ""
    invoice: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """One matter that needs the operator: a held reply, a call to make, a letter to approve, a dead address, ...

    `words` are the client's own (or a server's); `intent` is what was understood of them; `would` says what the bot
    does without an answer, `warning` and `doubt` what to beware of. `language` is the client's, for the sentences to
    say on the telephone. `whole_client` is False where the matter stops one invoice and not all letters. `history` is
    oldest first. `letter_subject` belongs to a letter that waits for approval, was refused or is in doubt. `number` is
    what an answer by mail begins with, `replies` what it may say, `meanings` what the client's mail may have meant.
    `answer` is one to the client that is ready to be sent. `person` is whom the mail says to write to, at `address` or
    wherever.
    """

    kind: MatterKind
    on: date
    client: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    language: str = ""
    invoices: tuple[Owed, ...] = ()
    whole_client: bool = True
    owed: tuple[Money, ...] = ()
    intent: str = ""
    words: str = ""
    until: date | None = None
    address: str = ""
    person: str = ""
    letter_subject: str = ""
    would: Reason | None = None
    warning: Reason | None = None
    doubt: Reason | None = None
    commands: tuple[Command, ...] = ()
    history: tuple[Happening, ...] = ()
    id: int = 0
    number: int = 0
    answer: str = ""
    replies: tuple[Reply, ...] = ()
    meanings: tuple[Reply, ...] = ()


@dataclass(frozen=True, slots=True)
class Answered:
    """What came of one line of an operator's mail, or of a file; `undo` takes it back, `command` goes further."""

    line: str
    what: Reason
    done: bool = False
    about: Need | None = None
    undo: str = ""
    command: str = ""


@dataclass(frozen=True, slots=True)
class Coming:
    """A letter or task that is due soon, and why then."""

    on: date
    client: str
    invoices: tuple[str, ...]
    rung: str
    why: Reason
    to: str = ""


@dataclass(frozen=True, slots=True)
class Digest:
    """A working morning's mail to the operator. `since`: the day of the last digest; `notes`: about the bot itself.

    Once a week with the `expected` money, and `figures` in a line each.
    """

    on: date
    since: date | None = None
    needs_you: tuple[Need, ...] = ()
    received: tuple[Money, ...] = ()
    aging: tuple[Aging, ...] = ()
    expected: tuple[CashInShort, ...] = ()
    figures: tuple[Reason, ...] = ()
    coming: tuple[Coming, ...] = ()
    happened: tuple[Happening, ...] = ()
    notes: tuple[Reason, ...] = ()
    draft_mode: bool = False

    @property
    def empty(self) -> bool:
        """Whether there is nothing to say; money that is merely owed is no news."""
        return not (self.needs_you or self.received or self.coming or self.happened or self.notes)
