"""mailbot.toml, .env and credentials become Settings, or every fault at once."""

from datetime import time
from pathlib import Path

import pytest

from mailbot.cli.check import second_reader
from mailbot.config import ConfigFaults, load
from tests.unit.config.conftest import Folder


def test_a_small_configuration_is_enough_and_the_rest_has_usual_values(folder: Folder) -> None:
    """Nothing but who, where and which servers has to be said."""
    settings = folder.load()
    assert settings.business.sender_name == "Atelier Léa"
    assert (settings.imap.port, settings.smtp.port) == (993, 465)
    assert (settings.imap.user, settings.smtp.user) == ("lea@atelier.example", "lea@atelier.example")
    assert (settings.imap.password, settings.smtp.password) == ("first secret", "second secret")
    assert (settings.operator.timezone, settings.operator.language) == ("America/Toronto", "fr_CA")
    assert settings.operator.digest_at == time(7, 30)
    assert settings.storage.database == str(folder.path / "mailbot.db")
    assert settings.templates is None
    assert settings.policy.ladder("default")[0].name == "invoice"


@pytest.mark.parametrize(
    ("endpoint", "told"),
    [
        ("http://127.0.0.1:8080/v1", "on this machine"),
        ("http://localhost/v1", "on this machine"),
        ("http://[::1]:8080/v1", "on this machine"),
        ("https://gpu.example/v1", "leave this machine for https://gpu.example/v1, model small"),
        ("http://gpu.example/v1", "WARNING: not encrypted"),
        ("http://127.evil.example/v1", "WARNING: not encrypted"),
    ],
)
def test_where_the_words_of_mails_go_is_told(folder: Folder, endpoint: str, told: str) -> None:
    """The second reader is the only place that they leave for; its key is masked in the log."""
    folder.add(f'\n[reading]\nendpoint = "{endpoint}"\nmodel = "small"\n')
    settings = folder.load({"MAILBOT_READING_KEY": "third secret"})
    assert settings.reading is not None
    assert told in second_reader(settings.reading)
    assert ("WARNING" in second_reader(settings.reading)) == ("WARNING" in told)
    assert "third secret" in settings.secrets
    assert "third secret" not in repr(settings)


def test_the_core_gets_business_and_operator_as_it_knows_them(folder: Folder) -> None:
    """One place translates the sections into the core's own values."""
    folder.replace("[imap]", '[assistant]\nname = "Zoé"\nrole = "adjointe"\n\n[imap]\nlookback_days = 3')
    owner = folder.load().owner
    assert (owner.id, owner.signer_name, owner.signer_role, owner.lookback_days) == ("default", "Zoé", "adjointe", 3)
    assert (owner.operator.emails, owner.operator.digest_at) == (("adjointe@bureau.example",), "07:30")
    assert (owner.operator.country, owner.operator.region) == ("CA", "QC")


def test_how_old_bank_data_may_be_and_what_that_stops_is_the_operators_choice(folder: Folder) -> None:
    """Nothing waits for the bank unless told so."""
    assert (folder.load().owner.bank_stale_days, folder.load().owner.bank_holds_firmer) == (7, False)
    folder.add("\n[bank]\nstale_after_days = 3\nhold_firmer_rungs_when_stale = true\n")
    assert (folder.load().owner.bank_stale_days, folder.load().owner.bank_holds_firmer) == (3, True)


def test_starttls_brings_its_own_usual_ports(folder: Folder) -> None:
    """A port is said only where it is unusual."""
    folder.replace("[smtp]", 'security = "starttls"\n\n[smtp]\nsecurity = "starttls"')
    settings = folder.load()
    assert (settings.imap.port, settings.smtp.port) == (143, 587)


def test_passwords_show_in_no_repr(folder: Folder) -> None:
    """Neither do they show in a database URL that came from the environment."""
    settings = folder.load({"MAILBOT_DATABASE": "postgresql://bot:third-secret@db.example/mailbot"})
    assert "secret" not in repr(settings)
    assert settings.storage.database.endswith("@db.example/mailbot")


@pytest.mark.parametrize(
    "password",
    ["simple", "with 'quotes' and \"more\"", "${HOME} $PATH", "back\\slash\\n", "# no comment", "é€😀", " padded "],
)
def test_a_password_of_any_signs_survives_the_environment_file(folder: Folder, password: str) -> None:
    """What `init` writes is what `load` reads; nothing is expanded."""
    quoted = password.replace("\\", "\\\\").replace("'", "\\'")
    folder.dotenv.write_text(f"MAILBOT_IMAP_PASSWORD='{quoted}'\nMAILBOT_SMTP_PASSWORD=x\n", encoding="utf-8")
    assert folder.load().imap.password == password


def test_the_environment_wins_over_credentials_and_credentials_over_the_file(folder: Folder, tmp_path: Path) -> None:
    """A service reads its credentials; a person may override for one run."""
    credentials = tmp_path / "credentials-of-systemd"
    credentials.mkdir()
    (credentials / "imap_password").write_text("from credentials\n", encoding="utf-8")
    (credentials / "smtp_password").write_text("from credentials\n", encoding="utf-8")
    settings = folder.load({"MAILBOT_SMTP_PASSWORD": "from environment"}, credentials)
    assert (settings.imap.password, settings.smtp.password) == ("from credentials", "from environment")


def test_a_folder_of_credentials_beside_the_configuration_serves_commands_typed_by_hand(folder: Folder) -> None:
    """The unit and `sudo mailbot check` share one set of files."""
    folder.dotenv.unlink()
    (folder.path / "credentials").mkdir()
    for kind in ("imap", "smtp"):
        (folder.path / "credentials" / f"{kind}_password").write_text(f"{kind} secret\n", encoding="utf-8")
    settings = folder.load()
    assert (settings.imap.password, settings.smtp.password) == ("imap secret", "smtp secret")


def test_a_listing_needs_no_password(folder: Folder) -> None:
    """Commands that only look into the database run without secrets."""
    folder.dotenv.unlink()
    settings = load(folder.file, {}, need_passwords=False)
    assert settings.imap.password == ""


def test_a_relay_without_login_needs_no_password(folder: Folder) -> None:
    """An empty user says so."""
    folder.add('user = ""\n')
    folder.dotenv.write_text("MAILBOT_IMAP_PASSWORD=x\n", encoding="utf-8")
    assert folder.load().smtp.user == ""


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("[imap]\nhost", "[imap]\nhots", 'mailbot.toml:14: imap.hots: is not known here; did you mean "host"?'),
        ("[operator]", "[operater]", 'mailbot.toml:10: operater: is not known here; did you mean "operator"?'),
        ('country = "CA"', 'country = "Canada"', "mailbot.toml:5: business.country: must be two letters of ISO 3166"),
        ('region = "QC"', 'region = "Q"', 'mailbot.toml:6: business.region: "Q" is not known in CA'),
        ("America/Toronto", "America/Montrael", 'did you mean "America/Montreal"?'),
        ('"fr_CA"', '"de"', "mailbot.toml:4: business.language: must be one of en, fr"),
        ('"CAD"', '"CA$"', "mailbot.toml:8: business.currency: must be three letters of ISO 4217"),
        ('name = "Atelier Léa"', "name = 3", "mailbot.toml:2: business.name: must be text in quotes, but is 3"),
        ('name = "Atelier Léa"', 'name = ""', "mailbot.toml:2: business.name: is empty: whose invoices are these?"),
        ('name = "Atelier Léa"', 'name = "a\\nBcc: b@c.example"', "must be a single line without control characters"),
        ('"lea@atelier.example"', '"Léa <lea@atelier.example>"', "toml:3: business.email: must be a bare email"),
        ('"adjointe@bureau.example"', '["a@b.example", "nobody"]', 'operator.email: "nobody" is no email address'),
        ('host = "imap.atelier.example"', "", "mailbot.toml:13: imap.host: is missing; ask your mail provider"),
        ('"imap.atelier.example"', '"imap.example:993"', "imap.host: must be a bare host name"),
        ('"imap.atelier.example"', '"h.example"\nport = "993"', 'imap.port: must be a whole number, but is "993"'),
        ('"imap.atelier.example"', '"h.example"\nport = true', "imap.port: must be a whole number, but is true"),
        ('"imap.atelier.example"', '"h.example"\nport = 70000', "imap.port: must be from 1 to 65535, but is 70000"),
        ('"imap.atelier.example"', '"h.example"\nsecurity = "ssl"', "imap.security: must be one of tls, starttls"),
        ('"imap.atelier.example"', '"h.example"\nsecurity = "plain"', "would send your password over the net"),
        ('"imap.atelier.example"', '"h.example"\nca_file = "no.pem"', "imap.ca_file: there is no file"),
        ('"imap.atelier.example"', '"h.example"\npassword = "x"', "imap.password: a password does not belong here"),
        ("[imap]", 'digest_at = "7:30"\n[imap]', 'operator.digest_at: must be a time from "00:00" to "23:59"'),
        ("[imap]", 'digest_figures = "monthly"\n[imap]', "digest_figures: must be one of weekly, daily, never"),
        ("[smtp]", "[bank]\nstale_after_days = 0\n[smtp]", "bank.stale_after_days: must be from 1 to 90, but is 0"),
        ("[smtp]", "[bank]\nhold_when_stale = true\n[smtp]", "bank.hold_when_stale: is not known here; did you mean"),
        ("[smtp]", '[bank]\nfolder = "none"\n[smtp]', "toml:17: bank.folder: there is no folder"),
        ("[smtp]", '[reading]\nmodel = "m"\n[smtp]', "toml:16: reading.endpoint: is missing, such as"),
        ("[smtp]", '[reading]\nendpoint = "ftp://h/v1"\nmodel = "m"\n[smtp]', "endpoint: must be a plain URL"),
        ("[smtp]", '[reading]\nendpoint = "http://u:p@h/v1"\nmodel = "m"\n[smtp]', "without password or query"),
        ("[smtp]", '[reading]\nendpoint = "http://[::1/v1"\nmodel = "m"\n[smtp]', "endpoint: must be a plain URL"),
        ("[smtp]", '[reading]\nendpoint = "http://h/v1"\n[smtp]', "reading.model: is missing: which model"),
        ("[smtp]", '[reading]\nkey = "x"\n[smtp]', "reading.key: does not belong here; put it into"),
        ("[smtp]", '[templates]\nfolder = "none"\n[smtp]', "templates.folder: there is no folder"),
        ("[smtp]", '[storage]\ndatabase = "mysql://h/d"\n[smtp]', "storage.database: must be a file, sqlite://"),
        ("[smtp]", '[storage]\ndatabase = "postgresql://u:p@h/d"\n[smtp]', "storage.database: holds a password"),
        ("[smtp]", '[policy]\nfile = "none.toml"\n[smtp]', "none.toml: cannot be read: No such file or directory"),
        ("[business]", "imap = 3\n[business]", "is not valid TOML"),
    ],
)  # fmt: skip
def test_a_fault_names_its_place_and_its_mend(folder: Folder, old: str, new: str, fault: str) -> None:
    """File, line, dotted key, and what to write instead."""
    folder.replace(old, new)
    assert any(fault in each for each in folder.faults()), folder.faults()


def test_all_faults_are_told_at_once(folder: Folder) -> None:
    """One round of corrections, not one per fault: all files, each from top to bottom."""
    folder.replace('currency = "CAD"', "")
    folder.replace('host = "smtp.atelier.example"', "prot = 25")
    folder.dotenv.write_text("MAILBOT_IMAP=x\nMAILBOT_SMTP_PASSWORD=x\n", encoding="utf-8")
    (folder.path / "policy.toml").write_text("[budget]\ngap_days = 1\n", encoding="utf-8")
    assert [fault.split(": ")[:2] for fault in folder.faults()] == [
        [".env:1", "MAILBOT_IMAP"],
        ["mailbot.toml:1", "business.currency"],
        ["mailbot.toml:13", "imap"],
        ["mailbot.toml:16", "smtp.host"],
        ["mailbot.toml:17", "smtp.prot"],
        ["policy.toml:2", "budget.gap_days"],
    ]


def test_missing_passwords_are_faults_that_say_where_they_go(folder: Folder) -> None:
    """The message names the variable and each place that is looked at."""
    folder.dotenv.unlink()
    imap, smtp = folder.faults()
    assert imap.startswith("mailbot.toml:13: imap: its password is missing; put MAILBOT_IMAP_PASSWORD='...' into .env")
    assert "MAILBOT_SMTP_PASSWORD" in smtp


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("MAILBOT_IMAP_PASWORD=x\n", ".env:1: MAILBOT_IMAP_PASWORD: is not known here; did you mean"),
        ("# a comment\n\nMAILBOT_IMAP_PASSWORD\n", ".env:3: MAILBOT_IMAP_PASSWORD: must be written as NAME='value'"),
        ("MAILBOT_SMTP_PASSWORD=x\n'unclosed\n", ".env:2: must be written as NAME='value'"),
    ],
)  # fmt: skip
def test_a_fault_in_the_environment_file_is_told_with_its_line(folder: Folder, text: str, fault: str) -> None:
    """And without the value, which may be a password."""
    folder.dotenv.write_text(text, encoding="utf-8")
    assert any(each.startswith(fault) for each in folder.faults()), folder.faults()


def test_a_file_that_is_no_toml_is_one_fault_with_its_line(folder: Folder) -> None:
    """Nothing else is complained about: the keys are all there, only unreadable."""
    folder.add("port == 3\n")
    faults = folder.faults()
    assert len(faults) == 1
    assert faults[0].startswith("mailbot.toml:18: is not valid TOML")


def test_a_file_in_latin_1_is_told_as_such(folder: Folder) -> None:
    """Windows editors still write it."""
    folder.file.write_bytes(folder.file.read_text(encoding="utf-8").encode("latin-1"))
    assert folder.faults() == ["mailbot.toml: is not UTF-8 text (byte 28); save it as UTF-8"]


def test_a_language_of_the_user_own_templates_is_known(folder: Folder) -> None:
    """A folder `templates/de` beside the configuration makes German possible."""
    (folder.path / "templates" / "de").mkdir(parents=True)
    folder.replace('"fr_CA"', '"de"')
    settings = folder.load()
    assert (settings.business.language, settings.templates) == ("de", folder.path / "templates")


def test_the_configuration_is_found_in_the_known_places_best_first(
    folder: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """--config, then $MAILBOT_CONFIG, then this folder, then the home folder."""
    home = tmp_path / "home"
    (home / ".config" / "mailbot").mkdir(parents=True)
    for name in ("mailbot.toml", ".env"):
        (folder.path / name).rename(home / ".config" / "mailbot" / name)
    monkeypatch.chdir(tmp_path)
    env = {"HOME": str(home)}
    assert load(None, env).file == home / ".config" / "mailbot" / "mailbot.toml"
    other = tmp_path / "other"
    other.mkdir()
    Folder(other)
    assert load(None, env | {"MAILBOT_CONFIG": str(other)}).file == other / "mailbot.toml"
    Folder(tmp_path)
    assert load(None, env).file == tmp_path / "mailbot.toml"


def test_without_any_configuration_the_places_and_the_mend_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first thing that a newcomer may see."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigFaults, match="write one with: mailbot init"):
        load(None, {"HOME": str(tmp_path)})
    with pytest.raises(ConfigFaults, match="there is no such file"):
        load(tmp_path / "gone.toml", {})
