"""The signing key in a token: a node is made, signs and rotates with SoftHSM 2, and the key never leaves it."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from comity.cooperation.identity.errors import TokenUnusable
from comity.cooperation.identity.token import Token, read_address
from comity.entrypoints.keeping_keys import rotate
from comity.entrypoints.node import NodeConfiguration, create_node
from comity.foundation.settings import read_settings

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "4711"


@pytest.fixture
def uri(tmp_path, monkeypatch):
    if shutil.which("softhsm2-util") is None or not MODULE.exists():
        pytest.skip("softhsm2 is missing: install Debian's package softhsm2")
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\nobjectstore.backend = file\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    words = ["softhsm2-util", "--init-token", "--free", "--label", "comity", "--so-pin", "12345678", "--pin", PIN]
    subprocess.run(words, check=True, capture_output=True, timeout=30)
    (tmp_path / "pin").write_text(PIN)
    return f"pkcs11:token=comity?module-path={MODULE}&pin-source=file:{tmp_path / 'pin'}"


@pytest.mark.xdist_group("softhsm")
def test_node_signs_and_rotates_in_the_token(uri, tmp_path, clock):
    home = tmp_path / "home"
    configuration = NodeConfiguration("UG", "Uganda", "https://127.0.0.1:1", "127.0.0.1", 1)
    node = create_node(configuration, replace(read_settings({}), home=home, key_store=uri), clock)
    first = node.keys

    changed = rotate(node, reason="rotation")

    assert changed.sequence == 1
    assert json.loads((home / "keys.json").read_text())["signing"] == "token"
    assert node.keys.public.verifies(node.keys.sign(b"content"), b"content")
    with pytest.raises(TokenUnusable):
        first.sign(b"content")
    node.close()

    (tmp_path / "pin").write_text("")
    with pytest.raises(TokenUnusable):
        Token(replace(read_address(uri), label="another")).find(first.public.signing_key)


@pytest.mark.parametrize(
    "uri",
    [
        "token",
        "pkcs11:",
        "pkcs11:token=comity?module-path=/m",
        "pkcs11:token=comity?pin-source=file:/p",
        "pkcs11:token=comity?module-path=/m&pin-value=1234",
    ],
)
def test_address_without_module_label_or_pin_file_is_refused(uri):
    with pytest.raises(TokenUnusable):
        read_address(uri)
