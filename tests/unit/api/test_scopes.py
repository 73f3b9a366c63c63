from datetime import UTC, datetime

import pytest

from comity.entrypoints.api.errors import ScopeMissing
from comity.entrypoints.api.scopes import Scope, Token
from comity.entrypoints.api.tokens import need
from comity.foundation.trade.declaration import Declaration, GoodsItem, GoodsShipment
from comity.foundation.trade.parties import Party


def token(*scopes, trader="P051234567X"):
    return Token("t1", trader, frozenset(scopes), datetime(2027, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    "declaration",
    [
        Declaration(declarant=Party("P051234567X")),
        Declaration(goods_shipment=GoodsShipment(importer=Party("P051234567X"))),
        Declaration(goods_shipment=GoodsShipment(items=(GoodsItem(consignee=Party("P051234567X")),))),
    ],
)
def test_a_token_reaches_declarations_its_trader_takes_part_in(declaration):
    assert token(Scope.DECLARE).reaches(declaration)
    assert not token(Scope.DECLARE, trader="OTHER").reaches(declaration)


def test_the_administrations_own_system_reaches_all():
    assert token(Scope.ANY_TRADER, trader="OTHER").reaches(Declaration())


def test_a_scope_that_is_missing_is_named():
    with pytest.raises(ScopeMissing) as refused:
        need(token(Scope.DECLARE), Scope.RECORD_EXAMINATIONS)
    assert refused.value.path == "record-examinations"
