"""What our own provider found when the mail came in: Authentication-Results (RFC 8601).

Anybody can write this field. A provider puts its own on top and must strip those that bear its name (RFC 8601 5), so
only the topmost is looked at, and only where it bears the name that the operator configured.
"""

import re
from collections.abc import Collection

from mailbot.core.notice import Check
from mailbot.mail.parse import ParsedMail

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"(dkim|dmarc|spf)\s*=\s*(\w+)", re.IGNORECASE)
_DOMAIN = re.compile(r"header\.(?:d|i)\s*=\s*\"?@?([A-Za-z0-9.-]+)", re.IGNORECASE)


def authentication_results(mail: ParsedMail, authserv_id: str, signers: Collection[str]) -> Check:
    """Whether our provider found a signature of `signers`; unknown where it wrote nothing, or its name is not known."""
    if not authserv_id:
        return Check.UNKNOWN
    top = _COMMENT.sub(" ", mail.header("authentication-results"))
    name, _, rest = top.partition(";")
    if name.split()[:1] != [authserv_id] and name.strip().lower().split()[:1] != [authserv_id.lower()]:
        return Check.UNKNOWN
    results = [part for part in rest.split(";") if part.strip()]
    signed = False
    for part in results:
        found = _RESULT.search(part)
        if found is None:
            continue
        method, result = found[1].lower(), found[2].lower()
        domain = _DOMAIN.search(part)
        ours = domain is not None and domain[1].lower() in signers
        if method == "dmarc" and result == "fail":
            return Check.FAIL
        if method == "dkim" and result == "pass" and ours:
            signed = True
        if method == "dkim" and result in ("fail", "permerror", "policy") and ours:
            return Check.FAIL
    return Check.PASS if signed else (Check.FAIL if results else Check.UNKNOWN)
