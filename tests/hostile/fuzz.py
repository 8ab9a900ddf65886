"""Coverage-guided fuzzing of everything that reads mail: `python -m tests.hostile.fuzz SECONDS [CORPUS_FOLDER]`.

Needs atheris, which is no dependency of mailbot: without it, this says so and ends with 3. A crash ends with the input
in a file of the current folder, as libFuzzer writes it.
"""

import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

SEEDS = (
    b"""From: Anna <anna@client.example>
Subject: Re: F-1
In-Reply-To: <a@b.example>

We will pay on Friday.

On 3 Nov 2026 at 10:00, A <a@x.example> wrote:
> Hello
""",
    b"""From: MAILER-DAEMON@x.example
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: message/delivery-status

Final-Recipient: rfc822; a@b.example
Action: failed
Status: 5.1.1

--b
Content-Type: message/rfc822

Message-ID: <a@b.example>

--b--
""",
    b"""From: a@b.example
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<div class=3D"gmail_quote"><blockquote type=3Dcite>je suis absent jusqu'au 12/05</blockquote></div>
""",
    b"""From: a@b.example
Subject: =?utf-8?b?w6k=?=
Content-Type: text/plain; charset*=utf-7''x
Auto-Submitted: auto-replied

Our bank details have changed: GB82 WEST 1234 5698 7654 32, 1 250,00 EUR, F-1
""",
    b"""DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=stripe.com; s=s1; h=from:to:subject:date;
 bh=AAAA; b=BBBB
From: Stripe <notifications@stripe.com>
To: bot@studio.example
Subject: You received a payment of EUR 1,250.00 from Anna inc.
Date: Mon, 13 Apr 2026 09:00:00 +0000
Content-Type: text/html

<table><tr><td>Amount</td><td>EUR 1,250.00</td></tr><tr><td>Invoice</td><td>F-1</td></tr></table>
""",
)


def reading() -> Callable[[bytes], None]:
    """What is fuzzed: one function over octets that must never raise."""
    explain = import_module("mailbot.flows.explain")._explained  # the guarded `explain` would hide what we look for
    parsed = import_module("mailbot.mail.parse")._parsed
    kind_of = import_module("mailbot.mail.kind").kind_of
    thread_keys = import_module("mailbot.mail.thread").thread_keys
    new_words = import_module("mailbot.mail.quote").new_words
    report_of = import_module("mailbot.mail.report").report_of
    diversion = import_module("mailbot.reading.diversion").diversion
    identity = import_module("mailbot.mail.identity")
    day = import_module("datetime").date(2026, 4, 13)
    notice = import_module("mailbot.flows.notice")
    authenticity = import_module("mailbot.mail.authentic").authenticity
    catalogue = import_module("mailbot.config.notices").load_catalogue(None, [])
    stripe = catalogue.named("stripe")
    desk = import_module("mailbot.flows.desk").Desk(lambda: catalogue)
    noon = import_module("datetime").datetime(2026, 4, 13, 12, tzinfo=import_module("datetime").UTC)
    keys = {"s1._domainkey.stripe.com": "v=DKIM1; p=AAAA"}

    def read(octets: bytes) -> None:
        mail = parsed(octets, "")
        kind_of(mail)
        thread_keys(mail, b"key", ("F-1", "1042"))
        report_of(mail)
        words = new_words(mail.text, mail.html)
        diversion(words, mail.subject)
        identity.likeness(mail.from_email, mail.from_name, [identity.Known("anna@client.example", ("Anna Roy",))])
        identity.answers_elsewhere(mail.from_email, mail.reply_to, ["anna@client.example"])
        explain(octets, ("F-1",), day, "", desk)
        notice.find(mail, import_module("mailbot.core.intent").Kind.PAYMENT_NOTICE, catalogue)
        authenticity(octets, domains=stripe.domains, signers=stripe.signers, keys=keys, at=noon)

    return read


def main(arguments: list[str]) -> int:
    """Fuzz for so many seconds."""
    if find_spec("atheris") is None:
        print("atheris is not installed: pip install atheris")
        return 3
    atheris = import_module("atheris")
    seconds = int(arguments[0]) if arguments else 60
    folder = Path(arguments[1] if len(arguments) > 1 else "fuzz-corpus")
    folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (folder / f"seed-{number}").write_bytes(seed)
    with atheris.instrument_imports(include=["mailbot"]):
        read = reading()
    options = [f"-max_total_time={seconds}", "-max_len=8192", "-timeout=2", "-rss_limit_mb=600", str(folder)]
    atheris.Setup([sys.argv[0], *options], read)
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
