"""The user's own templates of payment notices: they win, and their faults name file, key and what to write."""

from pathlib import Path

import pytest

from mailbot.config import Fault
from mailbot.config.notices import load_catalogue
from mailbot.core.notice import NoticeEvent
from mailbot.notices import part_of, read_notice

GOOD = """
title = "Caisse du Coin"
domains = ["caisse.example"]
signers = ["mail.caisse.example"]
dollar = "CAD"
ids = ["CC-9999*"]

[says]
received = ["{amount} de plus chez {payer}"]

[labels]
reference = ["au sujet de"]
"""


def loaded(folder: Path, text: str, name: str = "coin.toml") -> list[Fault]:
    (folder / name).write_text(text, encoding="utf-8")
    faults: list[Fault] = []
    load_catalogue(folder, faults)
    return faults


def test_a_file_of_ones_own_adds_a_provider(tmp_path: Path) -> None:
    assert loaded(tmp_path, GOOD) == []
    provider = load_catalogue(tmp_path, []).of_domain("caisse.example")
    assert provider is not None
    notice = read_notice(
        provider, part_of("Bonjour", "12,50 $ de plus chez Anna inc.\nAu sujet de : F-1\nCC-1234abcdef")
    )
    assert (notice.event, str(notice.amount), notice.payer) == (NoticeEvent.RECEIVED, "12.50 CAD", "Anna inc.")
    assert (notice.reference, notice.transaction_id) == ("F-1", "CC-1234abcdef")


def test_a_file_of_the_same_name_or_domain_takes_the_place_of_the_packaged_one(tmp_path: Path) -> None:
    loaded(tmp_path, 'domains = ["stripe.com"]\n[says]\nreceived = ["ka-ching {amount}"]', "mine.toml")
    catalogue = load_catalogue(tmp_path, [])
    provider = catalogue.of_domain("stripe.com")
    assert provider is not None
    assert provider.name == "mine"
    assert catalogue.named("stripe") is None
    assert catalogue.named("paypal") is not None


@pytest.mark.parametrize(
    ("text", "key", "says"),
    [
        ("title = 'x'", "domains", "is missing"),
        ("domains = ['@x.example']", "domains", "is no domain"),
        ("domains = 'x.example'", "domains", "must be a list"),
        ("domains = ['x.example']\n[says]\npayed = ['xxxx']", "says.payed", "is no event"),
        ("domains = ['x.example']\n[says]\nreceived = ['{amount} {payer}']", "says.received", "needs words of its own"),
        ("domains = ['x.example']\n[says]\nreceived = ['from {who} it came']", "says.received", "{who} must be one of"),
        ("domains = ['x.example']\n[says]\nreceived = ['(came from {payer}']", "says.received", "not closed"),
        ("domains = ['x.example']\n[says]\nreceived = ['" + "word " * 80 + "']", "says.received", "from 4 to 300"),
        ("domains = ['x.example']\n[labels]\nsum = ['Total']", "labels.sum", "is not known here"),
        ("domains = ['x.example']\ndollar = 'dollars'", "dollar", "three letters"),
        ("domains = ['x.example']\nids = ['(.*)+']", "ids", "must be letters and digits"),
        ("domains = ['x.example']\npeople = 'yes'", "people", "true or false"),
        ("domains = ['x.example']\nsenders = 3", "senders", "is not known here"),
        ("domains = [", "", "is not valid TOML"),
    ],
)
def test_a_fault_names_the_file_the_key_and_what_to_write(tmp_path: Path, text: str, key: str, says: str) -> None:
    (fault,) = loaded(tmp_path, text)
    assert (fault.file, fault.key) == (str(tmp_path / "coin.toml"), key)
    assert says in fault.message
    assert load_catalogue(tmp_path, []).named("stripe") is not None, "the others still serve"


def test_a_file_that_is_no_text_is_named(tmp_path: Path) -> None:
    (tmp_path / "coin.toml").write_bytes(b"\xff\xfe\x00")
    faults: list[Fault] = []
    load_catalogue(tmp_path, faults)
    assert [fault.message for fault in faults] == ["is not UTF-8 text (byte 0); save it as UTF-8"]
