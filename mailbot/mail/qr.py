"""A QR code as an image: black on white with its quiet zone, so that it can be read on a dark page too (ISO 18004)."""

import io

from mailbot.mail.compose import InlineImage

_QUIET_ZONE = 4
_PIXELS = 4


def qr_octets(payload: str, kind: str = "png") -> bytes:
    """Draw it as png, svg or pdf: UTF-8, correction level M, version 13 or less (EPC069-12 v2, 3)."""
    import segno  # noqa: PLC0415 - only who has a code to draw waits for it

    code = segno.make(payload, error="m", mode="byte", encoding="utf-8", micro=False, boost_error=False)
    out = io.BytesIO()
    # a date in the file would make two drawings of one code differ
    more = {"compresslevel": 9} if kind == "pdf" else {}
    code.save(out, kind=kind, scale=_PIXELS, border=_QUIET_ZONE, dark="#000000", light="#ffffff", **more)
    return out.getvalue()


def qr_image(payload: str, cid: str) -> InlineImage:
    """The code as a picture in the HTML of a letter, `cid:...`."""
    return InlineImage(cid, "image/png", qr_octets(payload))
