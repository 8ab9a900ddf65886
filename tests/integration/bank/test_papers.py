"""`mailbot payment-slip`, `receipt` and `send-answer`, as they are typed."""

import pytest

from tests.integration.bank.conftest import Type
from tests.servers.installation import Installation

IBAN = 'iban = "FR76 3000 6000 0112 3456 7890 189"'


@pytest.mark.parametrize(("kind", "head"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF-")])
def test_a_code_is_written_in_the_form_of_the_file_s_name(
    typed: Type, files: Installation, kind: str, head: bytes
) -> None:
    files.replace("# iban = ", f"{IBAN}\n# iban = ")
    file = files.folder / f"slip.{kind}"
    done = typed("payment-slip", "F-2026-017", "-o", str(file))
    assert done.code == 0, done.said
    assert file.read_bytes().startswith(head)
    assert "1250.00 EUR to Noémie Gagnon, IBAN FR76 3000 6000 0112 3456 7890 189, reference RF" in done.out


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        pytest.param(("payment-slip", "F-2026-017", "-o", "x.png"), "there is no iban in [payment]", id="no account"),
        pytest.param(("payment-slip", "F-2026-017", "-o", "x.jpg"), "as .png, .svg or .pdf", id="another format"),
        pytest.param(("payment-slip", "F-9", "-o", "x.png"), "there is no invoice F-9", id="no such invoice"),
        pytest.param(("receipt", "F-2026-017"), "is not settled (1250.00 EUR open)", id="a receipt too early"),
        pytest.param(("send-answer", "7"), "no open request for a document has the number 7", id="nothing asked"),
        pytest.param(("send-answer", "7", "--attach", "nowhere.pdf"), "nowhere.pdf cannot be read", id="no such file"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(typed: Type, words: tuple[str, ...], fault: str) -> None:
    done = typed(*words)
    assert (done.code, done.out) == (2, "")
    assert fault in done.err


def test_a_file_that_cannot_be_written_is_named(typed: Type, files: Installation) -> None:
    files.replace("# iban = ", f"{IBAN}\n# iban = ")
    done = typed("payment-slip", "F-2026-017", "-o", str(files.folder / "none" / "x.png"))
    assert (done.code, "cannot be written" in done.err) == (2, True)


def test_in_draft_mode_no_receipt_leaves(typed: Type) -> None:
    assert typed("paid", "F-2026-017").code == 0
    done = typed("receipt", "F-2026-017")
    assert (done.code, "draft mode" in done.err) == (2, True)


def test_a_receipt_waits_for_office_hours(typed: Type) -> None:
    assert typed("go-live").code == 0
    assert typed("paid", "F-2026-017").code == 0
    done = typed("receipt", "F-2026-017")
    assert done.out == "F-2026-017: the receipt leaves to anna@lutece.test in the client's next office hours\n"
