"""Which columns a table of declarations may have. The list is closed, the order free; `reference` groups the rows."""

from __future__ import annotations

from comity.features.declarations.formats.tabular.declaration_columns import DECLARATION_COLUMNS
from comity.features.declarations.formats.tabular.item_columns import ITEM_COLUMNS

COLUMNS = DECLARATION_COLUMNS + ITEM_COLUMNS
BY_NAME = {column.name: column for column in COLUMNS}
REFERENCE = "reference"
