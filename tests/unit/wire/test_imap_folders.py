"""Which folder is which, on the servers that people have."""

import pytest

from mailbot.wire.imap_account import ImapAccount
from mailbot.wire.imap_errors import ImapFolderMissing
from mailbot.wire.imap_folders import Folder, WatchedFolders, resolve

ACCOUNT = ImapAccount("imap.example.test", 993, "bot", "secret")


def listing(*lines: str, separator: str = "/") -> list[Folder]:
    """Each line: name, then attributes after a bar."""
    parts = [line.partition("|") for line in lines]
    return [Folder(name, separator, frozenset(flags.lower().split())) for name, _, flags in parts]


@pytest.mark.parametrize(
    ("folders", "junk", "sent"),
    [
        pytest.param(listing("INBOX", "Odd|\\Junk", "Out|\\Sent", "Sent", "Junk"), "Odd", "Out", id="special use wins"),
        pytest.param(
            listing("[Gmail]|\\Noselect", "[Gmail]/Messages envoyés", "[Gmail]/Spam"),
            "[Gmail]/Spam",
            "[Gmail]/Messages envoyés",
            id="Gmail in French, without special use",
        ),
        pytest.param(
            listing("INBOX", "INBOX.Courrier indésirable", "INBOX.Éléments envoyés", separator="."),
            "INBOX.Courrier indésirable",
            "INBOX.Éléments envoyés",
            id="French names under INBOX",
        ),
        pytest.param(listing("Envoyés", "Indésirables"), "Indésirables", "Envoyés", id="French names at the top"),
        pytest.param(listing("SENT ITEMS", "junk e-mail"), "junk e-mail", "SENT ITEMS", id="in any case"),
        pytest.param(listing("Projects/Sent", "Old/Spam"), None, None, id="a folder of the person's own is none"),
        pytest.param(listing("Sent|\\Noselect", "Sent Items"), None, "Sent Items", id="one without messages is none"),
        pytest.param(listing("Sent Items", "Sent"), None, "Sent", id="the usual name first"),
        pytest.param([], None, None, id="nothing at all"),
        pytest.param(listing("Sent", separator=""), None, "Sent", id="a server without hierarchy"),
    ],
)
def test_roles_are_found(folders: list[Folder], junk: str | None, sent: str | None) -> None:
    assert resolve(folders, ACCOUNT) == WatchedFolders("INBOX", junk, sent)


def test_a_named_folder_is_taken_and_a_missing_one_is_an_error_that_lists_the_others() -> None:
    folders = listing("INBOX", "Clients", "Sent")
    named = ImapAccount("h.test", 993, "bot", "s", inbox_folder="Clients", junk_folder="", sent_folder="Sent")
    assert resolve(folders, named) == WatchedFolders("Clients", None, "Sent")
    assert resolve(folders, named).watched == ("Clients",)
    wrong = ImapAccount("h.test", 993, "bot", "s", sent_folder="Envois")
    with pytest.raises(ImapFolderMissing, match=r'no folder "Envois" \(sent_folder\).*Clients, INBOX, Sent'):
        resolve(folders, wrong)
