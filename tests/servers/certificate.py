"""A throw-away certificate, made by the openssl command."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def required(found: bool, what: str) -> None:
    """Skip where `what` is absent; with MAILBOT_REAL_SERVERS=1 its absence is a failure."""
    if found:
        return
    if os.environ.get("MAILBOT_REAL_SERVERS") == "1":
        pytest.fail(f"MAILBOT_REAL_SERVERS=1 and {what} is missing")
    pytest.skip(f"{what} is not installed")


def make_certificate(folder: Path, name: str = "localhost") -> tuple[Path, Path]:
    """Make a self-signed certificate for one DNS name, valid for two days; gives certificate and key as PEM files."""
    required(shutil.which("openssl") is not None, "openssl")
    certificate, key = folder / f"{name}.crt", folder / f"{name}.key"
    subprocess.run(  # noqa: S603 - our own words only
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", f"/CN={name}", "-addext", f"subjectAltName=DNS:{name}"),
            *("-addext", "keyUsage=critical,digitalSignature,keyEncipherment,keyCertSign"),
            *("-keyout", str(key), "-out", str(certificate)),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key
