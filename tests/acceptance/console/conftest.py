"""A node served over TLS and a real Chromium that visits it."""

import threading
from pathlib import Path

import axe_playwright_python
import pytest
import uvicorn
from playwright.sync_api import sync_playwright

from comity.cooperation.identity.tls import create_certificate
from comity.foundation.clock import SystemClock
from comity.foundation.storage.base import Base
from comity.foundation.storage.session import Database
from tests.integration.console.seeded import PASSWORD, a_node, an_app, seed

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def served(tmp_path_factory):
    """Serve a seeded node; return its address and the id of its import."""
    home = tmp_path_factory.mktemp("console")
    database = Database(f"sqlite:///{home / 'node.db'}")
    Base.metadata.create_all(database.engine)
    clock = SystemClock()
    node = a_node(database, clock, home)
    import_id = seed(node)
    certificate, key = home / "cert.pem", home / "key.pem"
    create_certificate(
        authority="UG", hosts=["127.0.0.1", "localhost"], certificate=certificate, key=key, at=clock.now()
    )
    server = uvicorn.Server(
        uvicorn.Config(
            an_app(node),
            port=0,
            log_level="warning",
            ssl_certfile=str(certificate),
            ssl_keyfile=str(key),
            lifespan="off",
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"https://127.0.0.1:{port}", import_id
    server.should_exit = True
    thread.join(10)
    node.close()
    database.dispose()


@pytest.fixture(scope="module")
def chromium():
    """Return a running Chromium, or say why the tests cannot run.

    For one module only: while it runs, its event loop occupies the thread, and other tests start their own.
    """
    if not CHROMIUM.exists():
        pytest.skip("chromium is missing: install Debian's package chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield browser
        browser.close()


class Visitor:
    """A person at a screen: opens pages of the node, and hears of every fault of a page."""

    def __init__(self, page, address):
        self.page, self.address, self.faults = page, address, []
        page.on("console", lambda message: self.faults.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: self.faults.append(str(error)))

    def open(self, path):
        """Open a page."""
        self.page.goto(self.address + path)

    def sign_in(self, name):
        """Sign in by keyboard."""
        self.open("/console/sign-in")
        self.page.locator("#name").fill(name)
        self.page.locator("#password").fill(PASSWORD)
        self.page.keyboard.press("Enter")
        self.page.wait_for_url(lambda url: "sign-in" not in url)

    def broken_rules(self):
        """Return what axe-core finds wrong on the page; it is injected past the page's own content policy."""
        self.page.context.new_cdp_session(self.page).send("Runtime.evaluate", {"expression": AXE})
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [(each["id"], [node["target"] for node in each["nodes"]]) for each in found["violations"]]


@pytest.fixture
def visiting(served, chromium):
    """Return a function that opens a new window for a visitor."""
    contexts = []

    def visit(*, width=1280, scheme="light", locale="en", script=True):
        context = chromium.new_context(
            viewport={"width": width, "height": 800},
            color_scheme=scheme,
            locale=locale,
            java_script_enabled=script,
            ignore_https_errors=True,
        )
        contexts.append(context)
        return Visitor(context.new_page(), served[0])

    yield visit
    for context in contexts:
        context.close()
