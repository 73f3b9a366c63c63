"""How a node serves: one process with the API, the console, and one sender thread per partner."""

from __future__ import annotations

import uvicorn
from fastapi import FastAPI

from comity import __version__
from comity.entrypoints.api.app import create_api
from comity.entrypoints.chores import doing_chores
from comity.entrypoints.connection import BoundedHttp
from comity.entrypoints.console.app import create_console
from comity.entrypoints.logs import begin_logging
from comity.entrypoints.node import Node
from comity.entrypoints.sending import sending


def create_app(node: Node) -> FastAPI:
    """Return the web application of a node."""
    app = FastAPI(
        title=f"Comity node {node.configuration.authority}", version=__version__, docs_url=None, redoc_url=None
    )
    create_api(node, app)
    create_console(node, app)
    return app


def run_server(node: Node) -> None:
    """Serve over TLS until interrupted; the senders stop first, so that no batch is cut."""
    begin_logging(node.settings)
    configuration = uvicorn.Config(
        create_app(node),
        host=node.configuration.host,
        port=node.configuration.port,
        ssl_certfile=str(node.certificate),
        ssl_keyfile=str(node.tls_key),
        http=BoundedHttp,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=5,
        limit_concurrency=200,
    )

    def take_up() -> None:
        if configuration.loaded and configuration.ssl is not None:
            configuration.ssl.load_cert_chain(node.certificate, node.tls_key)

    node.certificate_taken_up = take_up
    with sending(node), doing_chores(node):
        uvicorn.Server(configuration).run()
