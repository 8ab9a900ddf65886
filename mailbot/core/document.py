"""What clients ask for on paper, and the mail in which they did."""

from dataclasses import dataclass
from enum import StrEnum


class Document(StrEnum):
    """A document, or a detail, that a client wants before paying."""

    COPY = "copy"
    BANK_DETAILS = "bank_details"
    RECEIPT = "receipt"
    TAX_FORM = "tax_form"
    ORDER_NUMBER = "order_number"
    CORRECTED = "corrected"


OWN = frozenset({Document.COPY, Document.BANK_DETAILS, Document.RECEIPT})
"""What can be sent from what is known here; the others want a file of the operator's."""


@dataclass(frozen=True, slots=True)
class MailRef:
    """A mail to answer in its own conversation (RFC 5322 3.6.4)."""

    message_id: str = ""
    subject: str = ""
    references: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a mail asks for. `room`: an automatic answer may be given now, so often and for what is configured."""

    documents: tuple[Document, ...]
    mail: MailRef = MailRef()
    room: bool = False


@dataclass(frozen=True, slots=True)
class Enclosure:
    """A file that the operator puts into an answer."""

    name: str
    content_type: str
    octets: bytes


def letter_name(documents: tuple[Document, ...]) -> str:
    """The template of the letter that brings these."""
    return "receipt" if documents == (Document.RECEIPT,) else "documents"
