"""A node of Uganda with one partner, one agreement, an export record of Kenya, and the import that undervalues it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from random import Random
from types import SimpleNamespace as NS

from argon2 import PasswordHasher
from fastapi import FastAPI

from comity.cooperation.agreements.agreement import agreement_hash
from comity.cooperation.agreements.draft import draft_agreement
from comity.cooperation.agreements.lifecycle import sign_agreement
from comity.cooperation.exchange.card import PeerCard
from comity.cooperation.exchange.envelope import Header
from comity.cooperation.exchange.operation.store import count_failure
from comity.cooperation.exchange.store import add_peer
from comity.cooperation.exchange.taking import ReceivedMessage
from comity.cooperation.identity.key_file import save_keys
from comity.cooperation.identity.keys import generate_keys
from comity.cooperation.stewardship.consents.store import IN, KeptConsent, keep_request
from comity.entrypoints.api.app import create_api
from comity.entrypoints.console import store
from comity.entrypoints.console.app import create_console
from comity.entrypoints.console.officers import Officer, Role
from comity.entrypoints.node import KEYS, Node, NodeConfiguration
from comity.features.declarations.canonical import to_record
from comity.features.declarations.read import ReadDocument
from comity.features.mirror.record import mirror_record
from comity.features.mirror.store import keep_partner_export
from comity.features.tariff.measures.store import keep_import, keep_law, replace_tariff
from comity.features.tariff.sources.csv_schedule import read_schedule
from comity.flows.clear_declaration import clear
from comity.flows.sign_agreement import take_in
from comity.foundation.settings import Settings
from comity.foundation.trade.declaration import Commodity, DeclarationKind, DutyTaxFee
from comity.foundation.trade.documents import PreviousDocument
from comity.foundation.trade.money import Money
from comity.foundation.trade.parties import Party
from tests.builders.declarations import a_declaration, an_item

PASSWORD = "correct horse battery"
STUCK = "cd" * 32
EXPORT_MRN = "26KE000111222333A4"
REQUEST = "e" * 32
IMPORT_MRN = "26UG004400123456B7"
SCHEDULE = """code,description,rate,type,origin,legal_reference
0901,Coffee,25% or 500 USD/t whichever is higher,duty,*,Example Tariff Act
0902,Tea,25%,duty,*,Example Tariff Act
*,,1.5%,fee,*,Example Levy Act
*,,18%,vat,*,Example VAT Act
"""
LAW = """
[[law]]
countries = ["UG"]
valid_from = 2020-01-01
source = "Example Customs Act, sections 1 to 4"
currency = "UGX"
basis = "CIF"
[law.rounding.default]
amount = "1"
[[rate]]
national = "UGX"
foreign = "USD"
value = "3700"
valid_from = 2020-01-01
"""
OFFICERS = {"amina": ["examiner"], "brian": ["analyst"], "lucy": ["legal"], "eric": ["engineer"], "root": ["admin"]}
KENYA, UGANDA = generate_keys("KE", "Customs of Kenya"), generate_keys("UG", "Customs of Uganda")


def export():
    """Return Kenya's export declaration."""
    return a_declaration(mrn=EXPORT_MRN)


def undervalued_import(*, number=1):
    """Return Uganda's import of the same goods at half the price on its first line."""
    sent = export()
    items = (
        an_item(
            1,
            invoice_amount=Money(Decimal("2700.00"), "USD"),
            customs_value=Money(Decimal(2900), "USD"),
            commodity=Commodity(
                code="0901110010",
                description="Coffee, not roasted",
                duties=(DutyTaxFee("A00", assessed=Money(Decimal(725), "USD")),),
            ),
        ),
        an_item(2),
    )
    shipment = replace(
        sent.goods_shipment,
        importer=Party("1000456789", "Lakeside Roasters"),
        trade_terms=replace(sent.goods_shipment.trade_terms, incoterm="CIF"),
        previous_documents=(PreviousDocument(EXPORT_MRN, "MRN"),),
        items=items,
    )
    return replace(
        sent,
        kind=DeclarationKind.IMPORT,
        type_code="IMA",
        mrn=IMPORT_MRN if number == 1 else f"26UG0044001234{number:03}B7",
        functional_reference_id=f"UG-2026-{number:06}",
        acceptance_at=datetime(2026, 3, 2, 4, 10, tzinfo=UTC),
        goods_shipment=shipment,
        exit_office=None,
    )


def a_node(database, clock, tmp_path, **settings):
    """Return an open node on `database`."""
    configuration = NodeConfiguration("UG", UGANDA.name, "https://127.0.0.1:8443", "127.0.0.1", 8443)
    if not (tmp_path / KEYS).exists():
        save_keys(UGANDA, tmp_path / KEYS)
    node = Node(Settings(home=tmp_path, database_url=database.url, **settings), configuration, clock)
    vars(node)["_equipment"] = replace(_equipment(), clock=clock)
    return node


@cache
def _equipment():
    """Return the equipment of clearing, read once for the whole run."""
    return Node._equipment.func(NS(keys=UGANDA, clock=None, settings=Settings()))


@cache
def _password_hash():
    """Return the hash of the officers' password, made once: argon2 is slow on purpose."""
    return PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD)


def seed_tariff(node, session):
    """Keep a small tariff and the national rates of exchange."""
    schedule, findings = read_schedule(SCHEDULE.encode(), name="example")
    assert findings == []
    replace_tariff(session, schedule, schedule="schedule:example")
    keep_law(session, "example", LAW, clock=node.clock)
    keep_import(session, content_sha256="0" * 64, form="schedule", counts={}, clock=node.clock)


def seed(node):
    """Fill the node; return the id of the import."""
    clearing = node.clearing(Random(1))
    today = node.clock.now().date()
    agreement = draft_agreement(
        id="ke-ug-2026",
        parties=("KE", "UG"),
        valid_from=today - timedelta(days=30),
        valid_to=today + timedelta(days=300),
    )
    sent = export()
    with node.database.transaction() as session:
        seed_tariff(node, session)
        add_peer(session, PeerCard(KENYA.public, "https://ke.example:8443", "not used here"), clock=node.clock)
        signatures = [sign_agreement(agreement, keys) for keys in (KENYA, UGANDA)]
        take_in(session, agreement, signatures, clearing=clearing)
        message_id = "ab" * 32
        mirror = mirror_record(sent, id=message_id, date=sent.acceptance_at.date())
        keep_partner_export(
            session, partner="KE", message_id=message_id, record=to_record(sent), mirror=mirror, clock=node.clock
        )
        held = Header(
            sender="KE",
            recipient="UG",
            agreement_id=agreement.id,
            agreement_hash=agreement_hash(agreement),
            clause="art-3",
            sequence=1,
            previous_hash="0" * 64,
            purpose="mirror-matching",
            data_class="export-declaration",
            marking="confidential",
            type="export-record.v1",
            created=node.clock.now(),
            expires=node.clock.now() + timedelta(days=60),
            subject="d1",
            release_id="r1",
        )
        node.keep_received(session, [ReceivedMessage(held, to_record(sent), message_id, "KE", node.clock.now())])
        now = node.clock.now()
        asked = KeptConsent(IN, "KE", REQUEST, (message_id,), "RW", "risk-assessment", "the goods went on", now)
        keep_request(session, asked)
        told = {"sequence": 4, "message_id": STUCK, "type": "examination-result.v1", "subject": "d4"}
        count_failure(session, {"partner": "KE", "agreement_id": "ke-ug-2026"}, told, at=node.clock.now())
        for name, roles in OFFICERS.items():
            officer = Officer(name, frozenset(Role(role) for role in roles))
            store.keep_officer(session, officer, password_hash=_password_hash(), added_at=node.clock.now())
    with node.database.transaction() as session:
        cleared = clear(session, ReadDocument(undervalued_import(), (), 1, "c" * 64), clearing=clearing)
    return cleared.declaration_id


def an_app(node):
    """Return the web application of the node: API and console."""
    app = FastAPI()
    create_api(node, app)
    create_console(node, app)
    return app
