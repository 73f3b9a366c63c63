"""Two nodes as real processes that know each other's X-Road places only from xroad.toml."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.simulators.processes import queue, serve_pair, wait_for
from tests.simulators.xroad import ConsumerServer, ProviderServer, Served, information_system

KENYA, UGANDA = "EAC/GOV/KE-1/customs", "EAC/GOV/UG-1/customs"
SERVICE = f"{UGANDA}/comity"


def test_messages_go_over_xroad_and_a_stranger_at_the_door_is_refused(tmp_path):
    kenya, uganda = serve_pair(tmp_path)
    node = uganda.node
    at_uganda = information_system(f"{node.configuration.url}/xroad", node.certificate.read_text())
    provider = ProviderServer({SERVICE: at_uganda}, {(KENYA, SERVICE)})
    with Served(ConsumerServer(provider, {KENYA})) as server:
        (kenya.home / "xroad.toml").write_text(
            f'security_server = "{server.address}"\nclient = "{KENYA}"\n[partners.UG]\nservice = "{SERVICE}"\n'
        )
        (uganda.home / "xroad.toml").write_text(
            f'security_server = "http://127.0.0.1:1"\nclient = "{UGANDA}"\n[partners.KE]\nclient = "{KENYA}"\n'
        )
        queue(kenya, 5)
        for served in (kenya, uganda):
            served.start()
        try:
            wait_for(lambda: kenya.counts().delivered == 5)
            status, _, refusal = at_uganda("/exchange/batch", [("X-Road-Client", "EAC/GOV/X-1")], b"hello")
            carried, shown = len(provider.seen), show("--home", str(kenya.home), "--json")
        finally:
            for served in (kenya, uganda):
                served.kill()
                served.node.close()

    assert uganda.counts().received == 5
    assert carried >= 1
    assert (status, json.loads(refusal)["code"]) == (403, "bridges.xroad-client-unknown")
    assert json.loads(shown)["partners"] == [{"authority": "UG", "service": SERVICE, "client": None}]
    assert SERVICE in show("--home", str(kenya.home))


def show(*options: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "comity", "xroad", "show", *options], capture_output=True, text=True, check=True
    ).stdout
