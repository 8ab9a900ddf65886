"""Which client is meant: codes, names and addresses of the known clients and of those in the files."""

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import count

from mailbot.intake.columns import fold
from mailbot.intake.records import ClientRecord, InvoiceRecord, Status
from mailbot.intake.sheet import Fault
from mailbot.intake.words import slug


class Register:
    """The clients that an import may name: finds them, gives codes to new ones, collects what cannot be told."""

    def __init__(self, known: Mapping[str, ClientRecord], clients_file: str, invoices_file: str) -> None:
        self._known = dict(known)
        self._entries: dict[str, ClientRecord] = dict(known)
        self._listed: dict[str, ClientRecord] = {}
        self._by: dict[str, dict[str, set[str]]] = {"code": {}, "name": {}, "email": {}}
        self._files = (clients_file, invoices_file)
        self.faults: list[Fault] = []
        self.billed: list[ClientRecord] = []
        for record in known.values():
            self._index(record)

    def enter(self, record: ClientRecord) -> tuple[ClientRecord, ClientRecord | None]:
        """Enter a client of the clients' file: with its code, and what was known under it."""
        code = self._code_of(record)
        if code in self._listed:
            first = self._listed[code].line
            reason = f"is the client of line {first} again"
            self._fault((0, record.line, "name"), record.name, reason, "keep one of them, or give each its own code")
        named = replace(record, code=code)
        self._listed[code] = named
        self._entries[code] = named
        self._index(named)
        return named, self._known.get(code)

    def client_of(self, record: InvoiceRecord) -> str | None:
        """The code of an invoice's client, new or not; None, with a fault, where it cannot be told."""
        found = self._find(record.client)
        if len(found) > 1 and record.bill_to:
            found &= self._by["email"].get(record.bill_to.email.casefold(), set())
        if len(found) > 1:
            codes = ", ".join(sorted(found))
            self._fault(
                (1, record.line, "client"), record.client, f"may be {codes}", "write the code instead of the name"
            )
            return None
        if found:
            code = next(iter(found))
            self._same_address(record, code)
            return code
        return self._unknown(record)

    def _unknown(self, record: InvoiceRecord) -> str | None:
        if record.bill_to:
            by_email = self._by["email"].get(record.bill_to.email.casefold(), set())
            if len(by_email) == 1:
                return next(iter(by_email))
            new = replace(record.bill_to, code=self._new_code(record.bill_to))
            if record.client and fold(record.client) != fold(new.name):
                self._by["name"].setdefault(fold(record.client), set()).add(new.code)
            self._entries[new.code] = new
            self._index(new)
            if record.status not in (Status.DRAFT, Status.VOID):
                self.billed.append(new)
            return new.code
        if record.status in (Status.DRAFT, Status.VOID):
            return ""
        names = {fold(said): code for code, r in self._entries.items() for said in (r.name, code)}
        near = difflib.get_close_matches(fold(record.client), names, n=1, cutoff=0.75)
        mend = f"did you mean {names[near[0]]}? Otherwise " if near else ""
        if record.line:
            mend += "add it to clients.csv, or give its address on the same line (column client_email)"
        else:
            mend += "add it first: mailbot client add"
        self._fault((1, record.line, "client"), record.client, "is a client that nobody told mailbot of", mend)
        return None

    def _same_address(self, record: InvoiceRecord, code: str) -> None:
        """A client made from invoice lines must have one address on all of them."""
        entry = self._entries[code]
        made_here = any(new.code == code for new in self.billed)
        if made_here and record.bill_to and record.bill_to.email.casefold() != entry.email.casefold():
            reason = f"is another address for {entry.name} than on line {entry.line}"
            mend = "use one address, or tell the two clients apart by name or code"
            self._fault((1, record.line, "client_email"), record.bill_to.email, reason, mend)

    def _find(self, text: str) -> set[str]:
        for kind, key in (("code", text.casefold()), ("name", fold(text)), ("email", text.casefold())):
            found = self._by[kind].get(key)
            if found:
                return set(found)
        return set()

    def _code_of(self, record: ClientRecord) -> str:
        """A listed client's own code, else that of the known client with its name or address, else a new one."""
        if record.code:
            found = self._by["code"].get(record.code.casefold(), set())
            return next(iter(found), record.code)
        for kind, key in (("name", fold(record.name)), ("email", record.email.casefold())):
            found = {code for code in self._by[kind].get(key, set()) if code in self._known or kind == "name"}
            if len(found) == 1:
                return next(iter(found))
        return self._new_code(record)

    def _new_code(self, record: ClientRecord) -> str:
        stem = record.code or slug(record.name) or slug(record.email.partition("@")[0]) or "client"
        tries: Iterable[str] = (stem if n == 1 else f"{stem}-{n}" for n in count(1))
        return next(code for code in tries if code.casefold() not in self._by["code"])

    def _index(self, record: ClientRecord) -> None:
        for kind, key in (
            ("code", record.code.casefold()),
            ("name", fold(record.name)),
            ("email", record.email.casefold()),
        ):
            if key:
                self._by[kind].setdefault(key, set()).add(record.code)

    def _fault(self, at: tuple[int, int, str], value: str, reason: str, mend: str) -> None:
        which, line, column = at
        self.faults.append(Fault(self._files[which], line, column, value, reason, mend))
