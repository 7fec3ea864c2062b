"""The values of a workspace's variables for runs: read anew for each claim, opened once as long as they stay."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import structlog
from pydantic import JsonValue

from nodeloom.adapters.database import Database
from nodeloom.adapters.vault import SecretDamaged, Vault, WrongKey
from nodeloom.features.variables import repository
from nodeloom.features.variables.service import bond

log = structlog.get_logger(__name__)

_KEPT = 200

_Stored: TypeAlias = Sequence[tuple[str, Any, bytes | None]]


@dataclass(frozen=True)
class Variables:
    """`secrets` are those of the values that no one may see."""

    values: Mapping[str, JsonValue] = field(repr=False)
    secrets: frozenset[str] = field(repr=False)


NONE = Variables({}, frozenset())


class VariableValues:
    def __init__(self, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault
        self._opened: OrderedDict[str, tuple[_Stored, Variables]] = OrderedDict()

    async def of(self, workspace_id: str) -> Variables:
        """As they are now: what was opened before is used again only if the rows are still the same."""
        async with self._database.read() as session:
            rows = await repository.all_of(session, workspace_id)
            stored = [(row.name, row.value, row.ciphertext) for row in rows]
        known = self._opened.get(workspace_id)
        if known is not None and known[0] == stored:
            self._opened.move_to_end(workspace_id)
            return known[1]
        opened = self._open(workspace_id, stored)
        self._opened[workspace_id] = (stored, opened)
        if len(self._opened) > _KEPT:
            self._opened.popitem(last=False)
        return opened

    def _open(self, workspace_id: str, stored: _Stored) -> Variables:
        values: dict[str, JsonValue] = {}
        secrets: set[str] = set()
        for name, value, ciphertext in stored:
            if ciphertext is None:
                values[name] = value[0]
                continue
            try:
                opened = self._vault.decrypt(ciphertext, bound_to=bond(workspace_id, name)).decode()
            except (WrongKey, SecretDamaged) as closed:
                # As if it were not there: whoever reads it is told its name.
                log.warning("a variable can't be opened", name=name, reason=str(closed))
                continue
            values[name] = opened
            secrets.add(opened)
        return Variables(values, frozenset(secrets))
