"""What is wrong with a template, where, and what to do about it."""

from pathlib import Path
from types import TracebackType

from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError


class TemplateFault(Exception):
    """A template that cannot be rendered: `file` and `line` (0 = unknown) say where, `mend` says what to do."""

    def __init__(self, file: str, line: int, message: str, mend: str) -> None:
        super().__init__(file, line, message, mend)
        self.file = file
        self.line = line
        self.message = message
        self.mend = mend

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.message}. {self.mend}"


def fault_of(error: Exception, template: str) -> TemplateFault:
    """Say in plain words what a rendering error means; `template` is the name that was asked for."""
    if isinstance(error, TemplateFault):
        return error
    if isinstance(error, TemplateSyntaxError):
        file = error.filename or error.name or template
        return TemplateFault(file, error.lineno, f"the template's syntax is wrong: {error.message}", _RESTORE)
    if isinstance(error, TemplateNotFound):
        mend = "Put the file there, or remove the line that includes it."
        return TemplateFault(*_place(error.__traceback__, template), f"there is no template {error.name}", mend)
    file, line = _place(error.__traceback__, template)
    if isinstance(error, UndefinedError):
        mend = "Look at the packaged template of the same name for the variables that a letter has."
        return TemplateFault(file, line, f"the template asks for something unknown: {error.message}", mend)
    if isinstance(error, SecurityError):
        mend = "A template may only show values, loop over them and compare them."
        return TemplateFault(file, line, f"the template does something that is not allowed: {error}", mend)
    return TemplateFault(file, line, f"the template fails: {error}", _RESTORE)


_RESTORE = "Correct that line, or delete the file to get the packaged template back."


def _place(traceback: TracebackType | None, template: str) -> tuple[str, int]:
    """File and line of the innermost template frame; Jinja rewrites the traceback so that frames carry both."""
    found = (template, 0)
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if Path(file).suffix == ".j2":
            found = (file, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found
