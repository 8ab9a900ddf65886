"""Render every template in every language to PNG: `python -m tests.render OUT [template ...]`.

A picture shows two widths, a telephone and a desk; one is light, one is dark. Needs the `chromium` command.
"""

import re
import shutil
import subprocess
import sys
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

from mailbot.core.money import Money
from mailbot.core.payment import Ways, epc_payload
from mailbot.letters import Letters
from mailbot.letters.samples import digest, invoice, letter, samples_for
from mailbot.mail.qr import qr_octets

WIDTHS = (360, 800)
SCHEMES = ("light", "dark")
GAP = 16
TALL = {"digest": 4000, "several": 1600}
# Which of the samples show the most of a template; the others are shown with the first sample.
TELLING = {
    "courtesy": (1, 6),
    "friendly": (0, 3),
    "personal": (3,),
    "several": (8,),
    "thanks": (2, 7),
    "promise_ack": (4,),
}
TELLING |= {"digest": (1, 2, 6), "alert": (0, 4), "call_prompt": (1,), "collections": (6,), "invoice": (1, 2)}
TELLING |= {"documents": (0, 2, 8), "receipt": (4,)}
LONG = "Établissements Wolfeschlegelsteinhausenbergerdorff-Grandmaison et Associés"


def pages(wanted: list[str]) -> dict[str, str]:
    """The HTML of every letter, by the name of its picture."""
    letters = Letters()
    found = {}
    for template, language in letters.names():
        if wanted and template not in wanted:
            continue
        samples = [*samples_for(language)]
        for number in TELLING.get(template, (0,)):
            rendered = letters.render(template, language, samples[number])
            found[f"{template}.{language}.{number}"] = _with_code(rendered.html)
        found[f"{template}.{language}.long"] = letters.render(template, language, _long(samples[1])).html
    return found


def _with_code(html: str) -> str:
    """The page with its QR code inside, as a mail program shows it."""
    ways = Ways("Noémie Gagnon", "FR7630006000011234567890189", "AGRIFRPP")
    payload = epc_payload(ways, Money.of("1250", "EUR"), ["1042"])
    assert payload
    return re.sub(r'cid:[^"]+', f"data:image/png;base64,{b64encode(qr_octets(payload)).decode()}", html)


def _long(sample: object) -> dict[str, object]:
    """The hardest values for a narrow screen: long names without a place to break, many digits."""
    values = letter(**dict(sample))  # type: ignore[call-overload]
    bill = invoice(value="1234567.89", paid="1000.00", currency="CAD")
    bill |= {"number": "FAC-2026-000104200000000000000000000000000042", "subject": LONG}
    return values | {
        "contact": {"first_name": "محمد عبد الله", "name": LONG, "email": "x@example.com"},
        "invoices": (bill, bill) if sample else (bill,),
        "totals": (bill["balance"],),
        "digest": digest(draft_mode=True),
        "business": values["business"] | {"name": LONG},  # type: ignore[operator]
        "signer": {"name": "Marc", "role": "adjoint", "for_name": LONG},
    }


def picture(page: Path, scheme: str) -> None:
    """Take one picture of both widths, in frames, since a window has a least width of its own."""
    name = f"{page.stem}.{scheme}"
    frame, profile = page.with_name(f"{name}.frame.html"), page.with_name(f"{name}.profile")
    height = TALL.get(page.name.partition(".")[0], 1250)
    back = "#16191b" if scheme == "dark" else "#ffffff"
    frames = "".join(
        f'<iframe src="{page.name}" style="border:0;margin-right:{GAP}px;width:{width}px;height:{height}px;'
        f'background:{back}"></iframe>'
        for width in WIDTHS
    )
    frame.write_text(f'<body style="margin:0;background:#888;color-scheme:{scheme}">{frames}', "utf-8")
    subprocess.run(  # noqa: S603 - our own arguments
        [
            str(shutil.which("chromium")),
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            "--allow-file-access-from-files",
            f"--blink-settings=preferredColorScheme={0 if scheme == 'dark' else 1}",
            f"--user-data-dir={profile}",
            f"--window-size={sum(WIDTHS) + len(WIDTHS) * GAP + GAP},{height}",
            f"--screenshot={page.with_name(f'{name}.png')}",
            frame.as_uri(),
        ],
        check=True,
        timeout=120,
        capture_output=True,
    )
    frame.unlink()
    shutil.rmtree(profile, ignore_errors=True)


def pictures(out: Path, wanted: list[str]) -> int:
    """Write the pages and their pictures; gives how many pictures there are."""
    out.mkdir(parents=True, exist_ok=True)
    written = []
    for name, html in pages(wanted).items():
        written.append(out / f"{name}.html")
        written[-1].write_text(html, "utf-8")
    jobs = [*product(written, SCHEMES)]
    with ThreadPoolExecutor(2) as two:
        for _ in two.map(picture, *zip(*jobs, strict=True)):
            pass
    return len(jobs)


def main(arguments: list[str]) -> int:
    """Run it."""
    if not arguments:
        print("Usage: python -m tests.render OUT [template ...]")
        return 2
    if shutil.which("chromium") is None:
        print("The chromium command is missing: apt-get install chromium fonts-dejavu fonts-noto-color-emoji")
        return 1
    count = pictures(Path(arguments[0]).resolve(), arguments[1:])
    print(f"{count} pictures in {arguments[0]}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
