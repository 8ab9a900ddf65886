"""Render a letter: template + language + plain values -> subject, text, HTML.

A template is `<language>/<name>.txt.j2`, whose first line is `Subject: ...`, and beside it `<name>.html.j2`. A user's
own text without an HTML file beside it gets its HTML made from the text, so that the two parts never differ.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import css_inline
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.letters.fault import TemplateFault, fault_of
from mailbot.letters.filters import add_filters
from mailbot.letters.folders import all_folders, languages_asked
from mailbot.letters.formats import typographic
from mailbot.letters.layout import one_subject, paragraphs, tidy
from mailbot.letters.phrases import Phrases
from mailbot.letters.plain import Plain, plain
from mailbot.letters.sandbox import environment

# Letters about one invoice; for more, `several` says the same in the same tone.
_OF_ONE = frozenset({"invoice", "courtesy", "friendly", "personal"})
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_OPTIONAL: Mapping[str, Plain] = {
    "promise": None,
    "after_hold": False,
    "after_documents": False,
    "has_pdf": False,
    "payment": None,
    "pay": (),
    "asked": (),
    "receipts": (),
    "tone": "courtesy",
    "signer": None,
    "answered": (),
    "answerable": 0,
    "open": (),
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's words. `subject` is one line; `text` and `html` say the same."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True, slots=True)
class _Found:
    """Where a template lies: its language, and whether an HTML template belongs to it."""

    language: str
    has_html: bool


class Letters:
    """All templates of one business. `folders` hold the user's own templates; `language` is the business's own."""

    def __init__(self, folders: Sequence[Path] = (), language: str = "en") -> None:
        self._folders = all_folders(folders)
        self._language = language
        self.phrases = Phrases(self._folders)
        self._text = add_filters(environment(self._folders, html=False), self.phrases)
        self._html = add_filters(environment(self._folders, html=True), self.phrases)
        self._inliner = css_inline.CSSInliner(load_remote_stylesheets=False)

    def render(self, template: str, language: str, context: Mapping[str, object]) -> Rendered:
        """Render a template in the reader's language, or the nearest there is: `fr_CA`, `fr`, the business's, `en`.

        Letters that are about one invoice turn into `several` when the context holds more. Raises TemplateFault.
        """
        values = {**_OPTIONAL, "locale": language, **_as_dict(plain(context))}
        if template in _OF_ONE and _count(values.get("invoices")) > 1:
            values["tone"] = template
            template = "several"
        return self._parts(template, self._found(template, language), values)

    def names(self) -> tuple[tuple[str, str], ...]:
        """List every (template, language) that there is, the user's own included."""
        found = {
            (file.name.removesuffix(".txt.j2"), file.parent.name)
            for folder in self._folders
            for file in folder.glob("*/*.txt.j2")
            if not file.name.startswith("_")
        }
        return tuple(sorted(found))

    def check(self) -> list[TemplateFault]:
        """Render every template in every language on sample values; the faults that this finds, all at once."""
        from mailbot.letters.samples import samples_for  # noqa: PLC0415 - not needed by a daemon that only renders

        faults: dict[str, TemplateFault] = {}
        for template, language in self.names():
            for context in samples_for(language):
                try:
                    self.render(template, language, context)
                except TemplateFault as fault:
                    faults.setdefault(f"{fault.file}:{fault.line}:{fault.message}", fault)
        return [*faults.values(), *self._orphans(), *self.phrases.faults()]

    def _parts(self, template: str, found: _Found, values: Mapping[str, Plain]) -> Rendered:
        name = f"{found.language}/{template}"
        values = {**values, "language": found.language}
        subject, body = self._subject_and_body(name, values)
        text = tidy(body)
        inside = {**values, "subject": subject}
        if found.has_html:
            html = self._run(self._html, f"{name}.html.j2", inside)
        else:
            html = self._run(self._html, "_from_text.html.j2", {**inside, "paragraphs": paragraphs(body)})
        return Rendered(subject, text, self._inline(typographic(html, found.language)))

    def _subject_and_body(self, name: str, values: Mapping[str, Plain]) -> tuple[str, str]:
        file = f"{name}.txt.j2"
        words = typographic(self._run(self._text, file, values), str(values["language"])).lstrip("\n")
        first, _, body = words.partition("\n")
        label, colon, subject = first.partition(":")
        if not colon or label.strip().lower() != "subject" or not subject.strip():
            mend = 'Begin the file with a line such as "Subject: Invoice {{ invoices[0].number }}".'
            raise TemplateFault(self._path(file), 1, "the first line holds no subject", mend)
        return one_subject(subject), body

    def _run(self, where: ImmutableSandboxedEnvironment, file: str, values: Mapping[str, Plain]) -> str:
        try:
            return where.get_template(file).render(values)
        except Exception as error:
            raise fault_of(error, self._path(file)) from error

    def _inline(self, html: str) -> str:
        return self._inliner.inline(html)

    def _found(self, template: str, language: str) -> _Found:
        if not _NAME.fullmatch(template):
            raise TemplateFault(template, 0, "this is no name for a template", "Use small letters, digits and _.")
        for tag in languages_asked(language, self._language):
            for folder in self._folders:
                if (folder / tag / f"{template}.txt.j2").is_file():
                    own = (folder / tag / f"{template}.html.j2").is_file()
                    above = self._folders[: self._folders.index(folder)]
                    return _Found(tag, own or any((f / tag / f"{template}.html.j2").is_file() for f in above))
        wanted = f"{language}/{template}.txt.j2"
        raise TemplateFault(wanted, 0, "there is no such template", "Write it, or name another in the ladder.")

    def _path(self, file: str) -> str:
        return next((str(folder / file) for folder in self._folders if (folder / file).is_file()), file)

    def _orphans(self) -> list[TemplateFault]:
        """Find HTML templates of the user that stand beside no text: the reader would get two different letters."""
        return [
            TemplateFault(
                str(file),
                0,
                "an HTML template without its text",
                f"Add {file.name.replace('.html.', '.txt.')} beside it.",
            )
            for folder in self._folders
            for file in sorted(folder.glob("*/*.html.j2"))
            if not file.name.startswith("_") and not file.with_name(file.name.replace(".html.", ".txt.")).is_file()
        ]


def _as_dict(value: Plain) -> dict[str, Plain]:
    assert isinstance(value, dict)
    return value


def _count(invoices: Plain) -> int:
    return len(invoices) if isinstance(invoices, tuple) else 0
