"""Files and environment -> `Settings`, or every fault at once."""

from collections.abc import Mapping
from pathlib import Path

from mailbot.config import sections
from mailbot.config.faults import ConfigFaults, Fault
from mailbot.config.ladder import load_policy
from mailbot.config.paying import payment
from mailbot.config.places import find_config, packaged
from mailbot.config.second import reading
from mailbot.config.secret import Secrets, read_secrets
from mailbot.config.settings import AlarmSection, Settings
from mailbot.config.table import Table, read_toml


def load(
    config_path: Path | None,
    env: Mapping[str, str],
    credentials_dir: Path | None = None,
    *,
    need_passwords: bool = True,
) -> Settings:
    """Read `mailbot.toml`, the secrets and `policy.toml`; raises ConfigFaults with all that is wrong in them.

    `credentials_dir` is systemd's $CREDENTIALS_DIRECTORY. Commands that only look into the database set
    `need_passwords` to False, so that they run for a user who may not read the passwords.
    """
    file = find_config(config_path, env)
    base = file.parent
    faults = list[Fault]()
    secrets = read_secrets(base, env, credentials_dir, faults, needed=need_passwords)
    root = read_toml(file, faults)
    templates = _templates(root, base)
    languages = {"en", "fr"} | _languages(templates)
    owner = sections.business(root.table("business", required=True), languages)
    policy_file = _policy_file(root, base)
    settings = Settings(
        file=file,
        business=owner,
        operator=sections.operator(root.table("operator", required=True), languages, owner),
        assistant=sections.assistant(root.table("assistant")) if root.has("assistant") else None,
        imap=sections.imap(root.table("imap", required=True), base, owner.email, secrets, need_password=need_passwords),
        smtp=sections.smtp(root.table("smtp", required=True), base, owner.email, secrets, need_password=need_passwords),
        storage=sections.storage(root.table("storage"), base, secrets),
        templates=templates,
        policy_file=policy_file,
        policy=load_policy(policy_file, faults),
        alarm=_alarm(root, base, secrets, need_password=need_passwords),
        notices=sections.notices(root.table("notices"), base, faults),
        bank=sections.bank(root.table("bank"), base),
        paying=payment(root.table("payment"), owner),
        reading=reading(root.table("reading"), secrets) if root.has("reading") else None,
    )
    root.close()
    if faults:
        raise ConfigFaults(tuple(sorted(faults, key=lambda fault: (fault.file, fault.line or 0))))
    return settings


def _alarm(root: Table, base: Path, secrets: Secrets, *, need_password: bool) -> AlarmSection | None:
    return (
        sections.alarm(root.table("alarm"), base, secrets, need_password=need_password) if root.has("alarm") else None
    )


def _templates(root: Table, base: Path) -> Path | None:
    """The user's own templates: what they name, else `templates` beside the configuration if it is there."""
    table = root.table("templates")
    folder = table.path("folder", base)
    if folder is not None and not folder.is_dir():
        table.note("folder", f"there is no folder {folder}")
    table.close()
    usual = base / "templates"
    return folder or (usual if usual.is_dir() else None)


def _languages(templates: Path | None) -> set[str]:
    """The languages that the user brings, next to those that come with mailbot."""
    if templates is None or not templates.is_dir():
        return set()
    return {folder.name[:2] for folder in templates.iterdir() if folder.is_dir()}


def _policy_file(root: Table, base: Path) -> Path:
    """The policy: what the user names, else `policy.toml` beside the configuration, else the packaged one."""
    table = root.table("policy")
    given = table.path("file", base)
    table.close()
    if given is not None:
        return given
    beside = base / "policy.toml"
    return beside if beside.is_file() else packaged("config/policy.toml")
