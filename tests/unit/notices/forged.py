# ruff: noqa: E501 - a mail stands as it is written
"""A genuine notice, and mails that only look like one, each with the check that finds it out."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from mailbot.core.notice import Check
from tests.fakes.provider import NOW, key, records, signed, written

STRIPE = "Stripe <notifications@stripe.com>"
SUBJECT = "Payment of €1,250.00 from Atelier Nord for invoice INV-2042"
TEXT = "You received a payment of €1,250.00 from Atelier Nord.\n\nInvoice: INV-2042\nPayment ID: pi_3PabcDEFghi4567\n"
HTML = "<p>You received a payment of <b>€1,250.00</b> from Atelier Nord.</p><p>Invoice: INV-2042</p>"
QUOTING = "You received a payment of €1.00 from X. Note:\n--cut\nContent-Type: text/plain\n\n" + TEXT + "--cut--\n"
CONTENT = ("from", "to", "subject", "date", "mime-version", "content-type", "content-transfer-encoding")
KEYS = records(
    "stripe.com", "paypal.com", "payments.interac.ca", "evil.example", "stripe-payments.com", "mail.evil-stripe.com"
)


def genuine(*, to: str = "bot@studio.example", at: datetime = NOW) -> bytes:
    return signed(written(STRIPE, SUBJECT, TEXT, to=to, at=at), "stripe.com")


def put_on_top(octets: bytes, line: str) -> bytes:
    return line.encode() + b"\r\n" + octets


@dataclass(frozen=True)
class Forgery:
    """A mail that must not settle, and the check that says why."""

    octets: bytes
    check: str
    result: Check = Check.FAIL
    keys: Mapping[str, str | None] | None = None


def forgeries() -> dict[str, Forgery]:
    plain = written(STRIPE, SUBJECT, TEXT)
    good = genuine()
    weak = key(seed=3, bits=768)
    note = TEXT.replace("€1,250.00", "€1.00") + "\nNote:\nThanks!\nAmount received: €1,250.00\n"
    lines = b"\r\nYou received a payment of EUR 9,999.00 from Atelier Nord.\r\n"
    return {
        "no signature at all": Forgery(plain, "dkim"),
        "a replay to another recipient": Forgery(genuine(to="else@where.example"), "to_us"),
        "a genuine one to somebody else, with our To put on top": Forgery(
            put_on_top(genuine(to="else@where.example"), "To: bot@studio.example"), "single_headers"
        ),
        "the To rewritten after signing": Forgery(
            genuine(to="else@where.example").replace(b"else@where.example", b"bot@studio.example"), "dkim"
        ),
        "a body that may be appended to": Forgery(signed(plain, "stripe.com", length=True), "no_length_limit"),
        "a body that was appended to": Forgery(signed(plain, "stripe.com", length=True) + lines, "no_length_limit"),
        "a body changed after signing": Forgery(good.replace(b"1,250", b"9,250"), "dkim"),
        "a second Subject on top": Forgery(
            put_on_top(good, "Subject: Payment of 9,999.00 EUR from Atelier Nord for invoice INV-2043"), "single_headers"
        ),
        "a second Subject below": Forgery(
            good.replace(b"\r\nTo:", b"\r\nSubject: Payment of 9,999.00 EUR\r\nTo:", 1), "single_headers"
        ),
        "a second From on top": Forgery(put_on_top(good, "From: Stripe <evil@evil.example>"), "single_headers"),
        "a second Date on top": Forgery(put_on_top(good, "Date: Fri, 20 Nov 2026 09:00:00 +0000"), "single_headers"),
        "To not signed": Forgery(signed(plain, "stripe.com", fields=("from", "subject", "date")), "signed_headers"),
        "Subject not signed": Forgery(signed(plain, "stripe.com", fields=("from", "to", "date")), "signed_headers"),
        "Date not signed": Forgery(signed(plain, "stripe.com", fields=("from", "to", "subject")), "signed_headers"),
        "a part cut out of quoted words by another Content-Type": Forgery(
            signed(written(STRIPE, SUBJECT, QUOTING), "stripe.com").replace(
                b'Content-Type: text/plain; charset="utf-8"', b"Content-Type: multipart/mixed; boundary=cut", 1
            ),
            "signed_content",
        ),
        "a Content-Type put to a mail that had none": Forgery(
            put_on_top(
                signed(b"\r\n".join(line for line in written(STRIPE, SUBJECT, QUOTING).split(b"\r\n") if not line.startswith(b"Content-")), "stripe.com"),
                "Content-Type: multipart/mixed; boundary=cut",
            ),
            "signed_content",
        ),
        "a transfer encoding put to a signed Content-Type": Forgery(
            put_on_top(
                signed(plain.replace(b"Content-Transfer-Encoding: 8bit\r\n", b""), "stripe.com", fields=("from", "to", "subject", "date", "content-type")),
                "Content-Transfer-Encoding: quoted-printable",
            ),
            "signed_content",
        ),
        "a transfer encoding taken away": Forgery(
            signed(
                written(STRIPE, SUBJECT, "").replace(b"Content-Transfer-Encoding: 7bit\r\n", b"")[:-2]
                + b"\r\nYou received a payment of EUR 1,250.00 from Atelier Nord. Invoice:=\r\nINV-2042\r\n",
                "stripe.com",
            ),
            "signed_content",
        ),
        "a body in Base64, and nobody has signed that it is": Forgery(
            signed(
                written(STRIPE, SUBJECT, "x").replace(b"7bit", b"base64")[:-3] + base64.b64encode(TEXT.encode()) + b"\r\n", "stripe.com"
            ),
            "signed_content",
        ),
        "a page in clear, read as if it were quoted-printable": Forgery(
            signed(
                written(STRIPE, SUBJECT, "x").replace(b"7bit", b"quoted-printable").replace(b"text/plain", b"text/html")[:-3]
                + b'<html><p class="a">You received a payment of EUR 1.00 from =3C!-- </p></html>\r\n',
                "stripe.com",
            ),
            "signed_content",
        ),
        "markup made of words by another Content-Type": Forgery(
            signed(written(STRIPE, SUBJECT, TEXT + "<!-- "), "stripe.com").replace(b"text/plain", b"text/html", 1), "signed_content"
        ),
        "a stranger beside us": Forgery(genuine(to="bot@studio.example, bob@other.example"), "to_us", Check.UNKNOWN),
        "a key for another hash": Forgery(good, "dkim", keys={name: f"{text}; h=sha1" for name, text in KEYS.items()}),
        "a key for another service": Forgery(good, "dkim", keys={name: f"{text}; s=tlsrpt" for name, text in KEYS.items()}),
        "a key of another kind": Forgery(good, "dkim", keys={name: text.replace("k=rsa", "k=ed25519") for name, text in KEYS.items()}),
        "a key of another version": Forgery(good, "dkim", keys={name: text.replace("DKIM1", "DKIM2") for name, text in KEYS.items()}),
        "a key for the domain itself, and an identity below it": Forgery(
            signed(plain, "stripe.com", tags={"i": "@mail.stripe.com"}), "dkim", keys={name: f"{text}; t=s" for name, text in KEYS.items()}
        ),
        "a lookalike domain with its own signature": Forgery(
            signed(written("Stripe <notifications@stripe-payments.com>", SUBJECT, TEXT), "stripe-payments.com"), "aligned"
        ),
        "a subdomain that is not on the list": Forgery(
            signed(written("Stripe <billing@billing.stripe.com>", SUBJECT, TEXT), "stripe.com"), "aligned"
        ),
        "the provider's domain in front of another": Forgery(
            signed(written("Stripe <x@stripe.com.evil.example>", SUBJECT, TEXT), "evil.example"), "aligned"
        ),
        "letters of another alphabet": Forgery(
            signed(written("Stripe <x@xn--strpe-q4a.com>", SUBJECT, TEXT), "evil.example"), "aligned"
        ),
        "another domain behind the provider's name": Forgery(
            signed(written('"Stripe Payments" <billing@evil.example>', SUBJECT, TEXT), "evil.example"), "aligned"
        ),
        "the provider's address as a name": Forgery(
            signed(written('"notifications@stripe.com (Stripe)" <x@evil.example>', SUBJECT, TEXT), "evil.example"), "aligned"
        ),
        "a stranger's signature under the provider's From": Forgery(signed(plain, "evil.example"), "aligned"),
        "another provider's signature": Forgery(signed(plain, "paypal.com"), "aligned"),
        "two signatures, the provider's broken and a stranger's good": Forgery(
            signed(good.replace(b"INV-2042", b"INV-2043"), "evil.example"), "dkim"
        ),
        "a signature with the provider's name and a stranger's key": Forgery(
            signed(plain, "stripe.com", by=key(seed=2)), "dkim"
        ),
        "a signature with a selector that the provider does not have": Forgery(
            signed(plain, "stripe.com", selector="zz", by=key(seed=2)), "dkim"
        ),
        "the provider's domain as an identity only (i=)": Forgery(
            signed(plain, "evil.example", tags={"i": "@stripe.com"}), "aligned"
        ),
        "SHA-1": Forgery(signed(plain, "stripe.com", algorithm=b"rsa-sha1"), "key_strength"),
        "a key of 768 bits": Forgery(
            signed(plain, "stripe.com", by=weak), "key_strength", keys=records("stripe.com", by=weak)
        ),
        "a key that is only tried out": Forgery(
            good, "dkim", keys={name: f"{text}; t=y" for name, text in KEYS.items()}
        ),
        "a key that was withdrawn": Forgery(good, "dkim", keys=dict.fromkeys(KEYS, "v=DKIM1; p=")),
        "a key that does not exist": Forgery(good, "dkim", keys=dict.fromkeys(KEYS)),
        "an expired signature": Forgery(
            signed(plain, "stripe.com", tags={"x": f"{(NOW - timedelta(days=1)).timestamp():.0f}", "t": f"{(NOW - timedelta(days=2)).timestamp():.0f}"}),
            "not_expired",
        ),
        "an old date": Forgery(genuine(at=NOW - timedelta(days=30)), "fresh"),
        "a date in the future": Forgery(genuine(at=NOW + timedelta(days=3)), "fresh"),
        "received long ago": Forgery(
            put_on_top(good, "Received: from x by mx.studio.example; Thu, 1 Oct 2026 09:00:00 +0000"), "fresh"
        ),
        "two senders in one From": Forgery(
            signed(written("notifications@stripe.com, x@evil.example", SUBJECT, TEXT), "stripe.com"), "from_address"
        ),
        "the text and the HTML tell different amounts": Forgery(
            signed(written(STRIPE, "Payment received", TEXT, HTML.replace("1,250", "12,500")), "stripe.com"), "parts_agree"
        ),
        "the text says received and the HTML says requested": Forgery(
            signed(written(STRIPE, "Hello", TEXT, "<p>Atelier Nord sent you a payment request for €1,250.00</p>"), "stripe.com"), "parts_agree"
        ),
        "the payer's own note tells a higher amount": Forgery(
            signed(written(STRIPE, "You received a payment of €1.00", note), "stripe.com"), "amount_read", Check.UNKNOWN
        ),
        "a request for money whose note says that it was paid": Forgery(
            signed(written("service@paypal.com", "Jean sent you a money request", f"Jean is requesting €1,250.00 EUR\nNote: {TEXT}"), "paypal.com"), "event_received"
        ),
        "money that waits to be accepted": Forgery(
            signed(written("service@paypal.com", "Payment pending", "A payment of €1,250.00 EUR from Jean is pending. Invoice INV-2042"), "paypal.com"), "event_received"
        ),
        "an invoice that the service sent for us": Forgery(
            signed(written("service@paypal.com", "You sent an invoice", "Invoice INV-2042 sent to Jean. €1,250.00 EUR"), "paypal.com"), "event_received"
        ),
        "a payment that will come": Forgery(
            signed(written(STRIPE, "About your invoice", "Once you received a payment of €1,250.00 we will tell you. INV-2042"), "stripe.com"), "event_received", Check.UNKNOWN
        ),
        "a shop with such a name sends a receipt": Forgery(
            signed(written("You received a payment <receipts@stripe.com>", f"Your receipt from {SUBJECT}", TEXT), "stripe.com"), "event_received"
        ),
        "a business with such a name sends a bill": Forgery(
            signed(written("service@paypal.com", f"Invoice from {SUBJECT}", f"{TEXT}Amount due: €1,250.00 EUR"), "paypal.com"), "event_received"
        ),
        "a payer with such a name sends a cent": Forgery(
            signed(written("X <notify@payments.interac.ca>", "Interac e-Transfer: You've received $1,250.00 from ANNA and it has been automatically deposited sent you money", "ANNA sent you $0.01 (CAD).\nDeposit your money"), "payments.interac.ca"),
            "event_received", Check.UNKNOWN,
        ),
        "words that no template knows": Forgery(
            signed(written(STRIPE, "Hello", "Dear user, INV-2042, €1,250.00"), "stripe.com"), "event_received", Check.UNKNOWN
        ),
        "the notice in quoted text only": Forgery(
            signed(written(STRIPE, "Hello", "See below\n\n> " + TEXT.replace("\n", "\n> ")), "stripe.com"), "event_received", Check.UNKNOWN
        ),
        "an amount hidden from the reader": Forgery(
            signed(written(STRIPE, "Hello", "", f"<div style='display:none'>{HTML}</div><p>Your weekly news</p>"), "stripe.com"), "event_received", Check.UNKNOWN
        ),
        "no DNS": Forgery(good, "dns", Check.UNKNOWN, keys={}),
        "a body in Base64 cut short by a second encoding header": Forgery(
            put_on_top(good, "Content-Transfer-Encoding: base64"), "single_headers"
        ),
    }  # fmt: skip
