"""Which folder is the inbox, which holds junk, which holds what was sent."""

from collections.abc import Sequence
from dataclasses import dataclass

from mailbot.wire.imap_account import AUTO, ImapAccount
from mailbot.wire.imap_errors import ImapFolderMissing

# The names that mail programs and providers give, in the order in which they are believed.
_SENT = (
    *("Sent", "Sent Items", "Sent Mail", "Sent Messages", "Envoyés", "Éléments envoyés", "Messages envoyés"),
    *("Courrier envoyé", "Envoyes", "Elements envoyes", "Gesendet", "Gesendete Objekte", "Gesendete Elemente"),
    *("Enviados", "Elementos enviados", "Posta inviata", "Inviata", "Verzonden", "Verzonden items", "Itens enviados"),
    "OUTBOX",
)
_JUNK = (
    *("Junk", "Spam", "Junk E-mail", "Junk Email", "Junk Mail", "Bulk Mail", "Bulk", "Courrier indésirable"),
    *("Indésirables", "Pourriel", "Pourriels", "Courrier indesirable", "Indesirables", "Spamverdacht"),
    *("Correo no deseado", "Posta indesiderata", "Ongewenste e-mail", "QUARANTAINE"),
)
# Prefixes under which servers keep a person's own folders.
_ROOTS = {"", "inbox", "[gmail]", "[google mail]"}


@dataclass(frozen=True, slots=True)
class Folder:
    """One line of LIST: decoded name, separator and attributes in lower case."""

    name: str
    separator: str
    attributes: frozenset[str]

    @property
    def selectable(self) -> bool:
        """Whether it can hold messages."""
        return not self.attributes & {"\\noselect", "\\nonexistent"}

    @property
    def leaf(self) -> str:
        """The last part of the name, to compare."""
        return self._split()[1].casefold()

    @property
    def personal(self) -> bool:
        """Whether it lies at the top, under INBOX, or under Gmail's root."""
        return self._split()[0].casefold() in _ROOTS

    def _split(self) -> tuple[str, str]:
        if not self.separator:
            return "", self.name
        root, _, leaf = self.name.rpartition(self.separator)
        return root, leaf


@dataclass(frozen=True, slots=True)
class WatchedFolders:
    """The folders that matter; `junk` and `sent` are None where there is none, or none is wanted."""

    inbox: str
    junk: str | None
    sent: str | None

    @property
    def watched(self) -> tuple[str, ...]:
        """Where replies may land."""
        return (self.inbox, self.junk) if self.junk else (self.inbox,)


def resolve(folders: Sequence[Folder], account: ImapAccount) -> WatchedFolders:
    """Find the folders of an account; raises `ImapFolderMissing` if one that was named is not there."""
    usable = [folder for folder in folders if folder.selectable]
    inbox = "INBOX" if account.inbox_folder == AUTO else _named(usable, account, account.inbox_folder, "inbox_folder")
    return WatchedFolders(
        inbox,
        junk=_role(usable, account, "junk_folder", {"\\junk", "\\spam"}, _JUNK),
        sent=_role(usable, account, "sent_folder", {"\\sent"}, _SENT),
    )


def _role(
    folders: Sequence[Folder], account: ImapAccount, key: str, uses: set[str], names: Sequence[str]
) -> str | None:
    wanted: str = getattr(account, key)
    if not wanted:
        return None
    if wanted != AUTO:
        return _named(folders, account, wanted, key)
    for folder in folders:
        if folder.attributes & uses:
            return folder.name
    for name in names:
        for folder in folders:
            if folder.personal and folder.leaf == name.casefold():
                return folder.name
    return None


def _named(folders: Sequence[Folder], account: ImapAccount, wanted: str, key: str) -> str:
    if wanted.upper() == "INBOX":
        return "INBOX"
    if any(folder.name == wanted for folder in folders):
        return wanted
    names = ", ".join(sorted(folder.name for folder in folders)[:20])
    raise ImapFolderMissing(
        f'{account.where}: no folder "{wanted}" ({key}). The server has: {names}. Name one, or "auto".'
    )
