"""Payloads that hold secrets, wherever they lie: for changing the installation's key."""

from collections.abc import Iterator

from sqlalchemy import LargeBinary, MetaData, func

from nodeloom.adapters.resealing import SealedColumn
from nodeloom.features.runs.payloads import TWOFOLD, Payloads


def sealed_payloads(payloads: Payloads, tables: MetaData) -> Iterator[SealedColumn]:
    """`tables` are all that there are. What else is kept as bytes begins otherwise."""
    for table in tables.sorted_tables:
        if "workspace_id" not in table.columns:
            continue
        for column in table.columns:
            if isinstance(column.type, LargeBinary):
                yield SealedColumn(
                    column,
                    lambda row, packed: payloads.sealed_anew(packed, row.workspace_id),
                    func.substr(column, 1, 1, type_=LargeBinary) == TWOFOLD,
                    needs=(table.columns.workspace_id,),
                )
