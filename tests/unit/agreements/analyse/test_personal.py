"""The list of personal fields covers every party, address and free text of the trade vocabulary."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from typing import get_args, get_type_hints

import pytest

from comity.cooperation.agreements.analyse.personal import personal_list, why_personal
from comity.foundation.trade.declaration import Declaration
from comity.foundation.trade.documents import AdditionalInformation
from comity.foundation.trade.parties import Address, AuthorisationHolder, Party
from comity.foundation.trade.transport import TransportMeans


def paths(of: type, above: str = ""):
    """Yield every dotted field of the vocabulary with the class of its value."""
    hints = get_type_hints(of)
    for field in fields(of):
        path = f"{above}{field.name}"
        kind = next((one for one in within(hints[field.name]) if is_dataclass(one)), None)
        yield path, kind
        if kind is not None:
            yield from paths(kind, f"{path}.")


def within(hint):
    return [hint, *(inner for argument in get_args(hint) for inner in within(argument))]


VOCABULARY = dict(paths(Declaration))


@pytest.mark.parametrize(
    "path", [path for path, kind in VOCABULARY.items() if kind in (Party, AuthorisationHolder, Address)]
)
def test_every_party_holder_and_address_is_personal(path):
    assert why_personal(path)


@pytest.mark.parametrize(
    "path", [path for path, kind in VOCABULARY.items() if kind in (TransportMeans, AdditionalInformation)]
)
def test_every_means_of_transport_and_free_text_holds_personal_data(path):
    assert why_personal(path)


def test_every_path_of_the_list_is_of_the_vocabulary():
    assert [path for entry in personal_list() for path in entry.fields if path not in VOCABULARY] == []


@pytest.mark.parametrize("path", ["mrn", "goods_shipment.items.commodity.code", "total_gross_mass_kg", "outcome"])
def test_codes_masses_and_numbers_of_declarations_are_not_personal(path):
    assert why_personal(path) is None


@pytest.mark.parametrize("path", ["persons_concerned", "request.contact.telephone", "driver.passport", "crew"])
def test_fields_of_other_vocabularies_are_personal_by_their_words(path):
    assert why_personal(path)
