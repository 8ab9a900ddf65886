"""Clients from a file or from options: the same checks for both."""

from mailbot.core.client import ClientKind
from mailbot.intake.columns import CLIENT_COLUMNS, fold
from mailbot.intake.exports import CLIENT_EXPORTS
from mailbot.intake.frame import Layout, Line, read_frame
from mailbot.intake.places import (
    LANGUAGES,
    country_named,
    language_named,
    language_of,
    region_named,
    regions_of,
    zone_named,
    zone_of,
)
from mailbot.intake.records import ClientRecord
from mailbot.intake.sheet import Defaults, Fault, Sheet, in_order
from mailbot.intake.words import BadTextError, address, has_control, phone_number, phrase, slug

_LAYOUT = Layout(CLIENT_COLUMNS, (("name",), ("email",)), CLIENT_EXPORTS)
_KINDS = {
    **dict.fromkeys(
        ("business", "company", "b2b", "entreprise", "professionnel", "pro", "societe"), ClientKind.BUSINESS
    ),
    **dict.fromkeys(("consumer", "b2c", "person", "particulier", "consommateur", "prive"), ClientKind.CONSUMER),
}  # fmt: skip


def read_clients(octets: bytes, *, file: str, defaults: Defaults) -> Sheet[ClientRecord]:
    """Read clients from a CSV file's octets; every fault is in the sheet, and nothing is raised."""
    frame = read_frame(octets, file, _LAYOUT)
    faults = list(frame.faults)
    records: list[ClientRecord] = []
    codes: dict[str, int] = {}
    for line in frame.lines:
        record = client_of(line, defaults)
        if record and record.code:
            first = codes.setdefault(record.code.casefold(), line.number)
            if first != line.number:
                line.fault("code", f"is already the code of line {first}", "give each client its own code")
        faults += line.faults
        if record and not line.faults:
            records.append(record)
    name = frame.export.name if frame.export else ""
    return Sheet(tuple(records), in_order(faults), frame.dialect, frame.encoding, frame.notes, name, file)


def one_client(*, defaults: Defaults, **options: str | int | None) -> tuple[ClientRecord | None, tuple[Fault, ...]]:
    """Check one client that was typed; the keys are those of the columns, and faults name the option (`--email`)."""
    line = typed(options)
    for name in ("name", "email"):
        if not line.text(name):
            line.fault(name, "is missing", "add it")
    record = client_of(line, defaults)
    return (None if line.faults else record), tuple(line.faults)


def typed(options: dict[str, str | int | None]) -> Line:
    """Options as a line of a file, so that the same checks read both."""
    given = {name: str(value) for name, value in options.items() if value is not None}
    return Line("", 0, given, {column: "--" + column.replace("_", "-") for column in _option_names(options)})


def _option_names(options: dict[str, str | int | None]) -> set[str]:
    required = {
        "name",
        "email",
        "number",
        "client",
        "issued_on",
        "due_on",
        "amount",
        "currency",
        "country",
        "timezone",
        "language",
    }
    return set(options) | required


def client_of(line: Line, defaults: Defaults, email: str = "email", name: str = "name") -> ClientRecord | None:
    """The client that a line describes, or None where it has no name; faults are noted in the line."""
    address_said = _address(line, email, required=True)
    said = worded(line, name, 200)
    if not said:
        if not any(fault.column == line.headers.get(name, name) for fault in line.faults):
            line.fault(name, "is empty", "write the client's name")
        return None
    country, region = _place(line, defaults)
    return ClientRecord(
        code=_code(line),
        name=said,
        email=address_said,
        first_name=worded(line, "first_name", 100),
        contact_name=worded(line, "contact_name", 200),
        billing_email=_address(line, "billing_email"),
        assistant_email=_address(line, "assistant_email"),
        language=_language(line, defaults, country, region),
        country=country,
        region=region,
        timezone=_timezone(line, defaults, country, region),
        kind=_kind(line),
        phone=_phone(line),
        pay_day=_pay_day(line),
        ladder=_ladder(line, defaults),
        line=line.number,
        given=frozenset(column for column, cell in line.cells.items() if cell.strip()),
    )


def worded(line: Line, name: str, longest: int) -> str:
    """A phrase of one line, or "" with its fault noted."""
    try:
        return phrase(line.text(name), longest)
    except BadTextError as error:
        line.fault(name, str(error), error.mend)
        return ""


def _address(line: Line, name: str, *, required: bool = False) -> str:
    text = line.cells.get(name, "")
    if not text.strip():
        if required and not any(fault.column == line.headers.get(name, name) for fault in line.faults):
            line.fault(name, "is empty", "write the address that letters go to", value="")
        return ""
    try:
        return address(text if has_control(text.strip()) else text.strip())
    except BadTextError as error:
        line.fault(name, str(error), error.mend)
        return ""


def _code(line: Line) -> str:
    text = worded(line, "code", 40)
    if text and (" " in text or not slug(text)):
        line.fault("code", "is no short code", f"write it without spaces, such as {slug(text) or 'acme'}")
        return ""
    return text


def _place(line: Line, defaults: Defaults) -> tuple[str, str]:
    text = line.text("country")
    country = country_named(text) if text else defaults.country
    if country is None:
        line.fault("country", "is not a country", "write its two letters, such as FR or CA")
        return "", ""
    if not country:
        line.fault("country", "is missing, and there is no default", "add it: public holidays hang on it", value="")
        return "", ""
    said = line.text("region")
    if not said:
        return country, defaults.region if country == defaults.country else ""
    region = region_named(said, country)
    if region is None:
        known = ", ".join(regions_of(country))
        line.fault("region", f"is not a region of {country}", f"write one of {known[:160]}, or leave it empty")
        return country, ""
    return country, region


def _timezone(line: Line, defaults: Defaults, country: str, region: str) -> str:
    text = line.text("timezone")
    if text:
        zone = zone_named(text)
        if zone is None:
            line.fault("timezone", "is not a time zone", "write its IANA name, such as America/Toronto or Europe/Paris")
        return zone or ""
    if not country or (line.text("region") and any(f.column == line.headers.get("region") for f in line.faults)):
        return ""  # the place itself is faulty, and one fault for it is enough
    zone = zone_of(country, region)
    if not zone and country == defaults.country and region == defaults.region:
        zone = defaults.timezone
    if not zone:
        column = "region" if country in ("CA", "US", "AU") and not region else "timezone"
        example = {"CA": "QC", "US": "NY", "AU": "NSW"}.get(country, "") if column == "region" else "America/Toronto"
        line.fault(column, f"is missing, and {country} has several time zones", f"add it, such as {example}", value="")
    return zone


def _language(line: Line, defaults: Defaults, country: str, region: str) -> str:
    text = line.text("language")
    if text:
        language = language_named(text)
        if language is None:
            line.fault("language", "is not a language that mailbot writes", f"write {' or '.join(LANGUAGES)}")
        return language or ""
    language = language_of(country, region) or defaults.language
    if country and not language:
        line.fault("language", "is missing, and there is no default", f"write {' or '.join(LANGUAGES)}", value="")
    return language


def _kind(line: Line) -> ClientKind | None:
    text = line.text("kind")
    kind = _KINDS.get(fold(text)) if text else None
    if text and kind is None:
        line.fault("kind", "is neither business nor consumer", "write business or consumer")
    return kind


def _phone(line: Line) -> str:
    text = line.text("phone")
    try:
        return phone_number(text) if text else ""
    except BadTextError as error:
        line.fault("phone", str(error), error.mend)
        return ""


def _pay_day(line: Line) -> int | None:
    text = line.text("pay_day")
    if not text:
        return None
    if text.isascii() and text.isdigit() and len(text) <= 2 and 1 <= int(text) <= 31:
        return int(text)
    line.fault("pay_day", "is not a day of the month", "write a number from 1 to 31")
    return None


def _ladder(line: Line, defaults: Defaults) -> str:
    text = worded(line, "ladder", 40) or "default"
    if defaults.ladders is not None and text not in defaults.ladders:
        known = ", ".join(sorted(defaults.ladders))
        line.fault("ladder", "is not a ladder of the policy", f"write one of {known}, or leave it empty", value=text)
    return text
