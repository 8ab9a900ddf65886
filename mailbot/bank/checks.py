"""Check digits of what payers are given to quote: ISO 11649, Swiss QRR, Belgian OGM."""

import re
from collections.abc import Iterator

_QRR = (0, 9, 4, 6, 8, 2, 7, 1, 3, 5)
# Banks break them into groups or run them together.
_RF = re.compile(r"(?<![A-Z0-9])RF ?\d ?\d(?: ?[A-Z0-9]){1,21}")
_LONG = re.compile(r"(?<!\d)\d(?: ?\d){26}(?!\d)")
_OGM = re.compile(r"(?<!\d)[+*]{0,3} ?\d{3} ?/? ?\d{4} ?/? ?\d{5} ?[+*]{0,3}(?!\d)")


def structured(text: str) -> Iterator[str]:
    """What structured references in the folded text refer to: the part that the creditor chose."""
    for found in _RF.finditer(text):
        words = found[0].split(" ")
        for end in range(len(words), 0, -1):  # words of the label may follow the reference
            plain = "".join(words[:end])
            if is_rf(plain):
                yield plain[4:]
                break
    for found in _LONG.finditer(text):
        plain = found[0].replace(" ", "")
        if is_qrr(plain):
            yield plain[:-1]
    for found in _OGM.finditer(text):
        plain = re.sub(r"\D", "", found[0])
        if is_ogm(plain):
            yield plain[:-2]


def is_rf(text: str) -> bool:
    """ISO 11649: RF, two check digits, up to 21 signs; the whole turned round is 1 modulo 97 (ISO 7064)."""
    if not re.fullmatch(r"RF\d{2}[A-Z0-9]{1,21}", text):
        return False
    turned = text[4:] + text[:4]
    return int("".join(str(int(sign, 36)) for sign in turned)) % 97 == 1


def is_qrr(text: str) -> bool:
    """Swiss QR reference: 26 digits and one of modulo 10, recursive (Swiss Payment Standards, annex B)."""
    if not re.fullmatch(r"\d{27}", text) or not text.strip("0"):
        return False
    carry = 0
    for digit in text[:-1]:
        carry = _QRR[(carry + int(digit)) % 10]
    return (10 - carry) % 10 == int(text[-1])


def is_ogm(text: str) -> bool:
    """Belgian structured message: ten digits and their remainder modulo 97, where 0 is written 97 (Febelfin)."""
    return bool(re.fullmatch(r"\d{12}", text)) and (int(text[:10]) % 97 or 97) == int(text[10:])
