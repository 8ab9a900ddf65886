"""Pictures that stand for words: a mail of nothing but a raised thumb is a nod."""

# Variation selectors, skin tones and joiners change how a sign looks, not what it says.
_LOOKS = frozenset("\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff")
_PLEASANT = frozenset(
    "\N{THUMBS UP SIGN}\N{OK HAND SIGN}\N{WHITE HEAVY CHECK MARK}\N{HEAVY CHECK MARK}\N{PERSON WITH FOLDED HANDS}"
    "\N{CLAPPING HANDS SIGN}\N{HEAVY BLACK HEART}\N{PARTY POPPER}\N{SMILING FACE WITH SMILING EYES}"
    "\N{SLIGHTLY SMILING FACE}\N{GRINNING FACE}\N{SMILING FACE WITH OPEN MOUTH}\N{HUNDRED POINTS SYMBOL}"
    "\N{HANDSHAKE}\N{FLEXED BICEPS}\N{FIRE}\N{SMILING FACE WITH HEART-SHAPED EYES}\N{WINKING FACE}"
    "\N{WHITE SMILING FACE}\N{SMILING FACE WITH OPEN MOUTH AND SMILING EYES}"
    "\N{PERSON RAISING BOTH HANDS IN CELEBRATION}"
    "\N{GREEN HEART}\N{BLUE HEART}\N{VICTORY HAND}\N{HUGGING FACE}\N{SPARKLES}\N{BALLOT BOX WITH CHECK}"
)


def is_a_nod(words: str) -> bool:
    """Whether there are only pleasant signs: any other sign, letter or digit makes it more than a nod."""
    signs = [each for each in words if not each.isspace() and each not in _LOOKS and each not in "!.:;,-"]
    return bool(signs) and all(each in _PLEASANT for each in signs)
