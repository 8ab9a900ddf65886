"""Letters: templates in templates/mail become a subject, a text and an HTML part. Words live there, never here."""

from mailbot.letters.fault import TemplateFault
from mailbot.letters.folders import packaged_templates
from mailbot.letters.letters import Letters, Rendered
from mailbot.letters.phrases import Phrases, phrase

__all__ = ["Letters", "Phrases", "Rendered", "TemplateFault", "packaged_templates", "phrase"]
