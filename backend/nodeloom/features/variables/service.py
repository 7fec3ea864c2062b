"""Variables: put, read, taken away."""

from collections.abc import Collection
from typing import Any, Final

from pydantic import JsonValue
from sqlalchemy.ext.asyncio import AsyncSession

from nodeloom.adapters import clock
from nodeloom.adapters.columns import dump_json
from nodeloom.adapters.ids import new_id
from nodeloom.adapters.masking import SHORTEST
from nodeloom.adapters.resealing import SealedColumn
from nodeloom.adapters.vault import Vault
from nodeloom.features.accounts.caller import Caller
from nodeloom.features.audit import trail
from nodeloom.features.variables import repository
from nodeloom.features.variables.errors import TooManyVariables, VariableMissing, VariableRefused
from nodeloom.features.variables.models import VARIABLES, Variable
from nodeloom.features.variables.schemas import VariablePut, VariableRead

MOST: Final = 500
_LARGEST_BYTES: Final = 32 * 1024
_DEEPEST: Final = 50


async def put(session: AsyncSession, caller: Caller, vault: Vault, name: str, wanted: VariablePut) -> Variable:
    """Raises `VariableRefused` or `TooManyVariables`."""
    row = await repository.variable(session, caller.workspace_id, name)
    if row is None:
        row = await _new(session, caller, vault, name, wanted)
        if row is not None:
            return row
        row = await find(session, caller.workspace_id, name)
    held = _changed_value(vault, row, wanted)
    if wanted.description is not None:
        row.description = wanted.description
    row.value, row.ciphertext = held
    row.updated_by, row.updated_at = caller.name, clock.now()
    await _record(session, caller, "updated", name, secret=row.secret, value_replaced=_gives_value(wanted))
    return row


async def _new(session: AsyncSession, caller: Caller, vault: Vault, name: str, wanted: VariablePut) -> Variable | None:
    """None if somebody else was faster."""
    if not _gives_value(wanted):
        raise VariableRefused("A new variable needs a value.")
    if await repository.count(session, caller.workspace_id) >= MOST:
        raise TooManyVariables(f"A workspace has at most {MOST} variables.")
    now = clock.now()
    value, ciphertext = _held(vault, caller.workspace_id, name, wanted.value, secret=wanted.secret or False)
    values: dict[str, Any] = {
        "id": new_id("var"),
        "description": wanted.description or "",
        "value": value,
        "ciphertext": ciphertext,
        "updated_by": caller.name,
        "created_at": now,
        "updated_at": now,
    }
    if not await repository.add(session, caller.workspace_id, name, values):
        return None
    await _record(session, caller, "created", name, secret=ciphertext is not None)
    return await find(session, caller.workspace_id, name)


async def find(session: AsyncSession, workspace_id: str, name: str) -> Variable:
    row = await repository.variable(session, workspace_id, name)
    if row is None:
        raise VariableMissing(f"There is no variable {name!r}.")
    return row


async def delete(session: AsyncSession, caller: Caller, name: str) -> None:
    if not await repository.remove(session, caller.workspace_id, name):
        raise VariableMissing(f"There is no variable {name!r}.")
    await _record(session, caller, "deleted", name)


async def known_names(session: AsyncSession, workspace_id: str) -> Collection[str]:
    """The workspace's variables, as the compiler asks for them."""
    return frozenset(await repository.names(session, workspace_id))


def shown(row: Variable) -> VariableRead:
    return VariableRead(
        name=row.name,
        value=row.value[0] if row.value is not None else None,
        secret=row.secret,
        description=row.description,
        updated_by=row.updated_by,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )


def bond(workspace_id: str, name: str) -> str:
    """What the sealed value of this variable is bound to."""
    return f"variable/{workspace_id}/{name}"


def sealed_variables(vault: Vault) -> SealedColumn:
    """For changing the installation's key."""
    columns = VARIABLES.c
    return SealedColumn(
        columns.ciphertext,
        lambda row, sealed: vault.sealed_anew(sealed, bound_to=bond(row.workspace_id, row.name)),
        columns.ciphertext.is_not(None),
        needs=(columns.workspace_id, columns.name),
    )


def _gives_value(wanted: VariablePut) -> bool:
    return "value" in wanted.model_fields_set


def _changed_value(vault: Vault, row: Variable, wanted: VariablePut) -> tuple[list[Any] | None, bytes | None]:
    secret = row.secret if wanted.secret is None else wanted.secret
    if _gives_value(wanted):
        return _held(vault, row.workspace_id, row.name, wanted.value, secret=secret)
    if secret == row.secret:
        return row.value, row.ciphertext
    if row.value is None:
        raise VariableRefused(
            "The value of a secret variable is not shown again.", hint="Give the value anew to make it readable."
        )
    return _held(vault, row.workspace_id, row.name, row.value[0], secret=True)


def _held(
    vault: Vault, workspace_id: str, name: str, value: JsonValue, *, secret: bool
) -> tuple[list[Any] | None, bytes | None]:
    """The value as its row keeps it: readable, or sealed."""
    if _deeper_than(value, _DEEPEST):
        raise VariableRefused(f"A value nests at most {_DEEPEST} levels.")
    if len(dump_json(value)) > _LARGEST_BYTES:
        raise VariableRefused(
            f"A value has at most {_LARGEST_BYTES // 1024} KiB.", hint="Keep larger data in a table or a file."
        )
    if not secret:
        return [value], None
    if not isinstance(value, str) or len(value.strip()) < SHORTEST:
        raise VariableRefused(
            f"A secret value is a text of at least {SHORTEST} characters.",
            hint="Shorter ones, numbers and lists can't be told from ordinary data when they are masked.",
        )
    return None, vault.encrypt(value.encode(), bound_to=bond(workspace_id, name))


def _deeper_than(value: JsonValue, levels: int) -> bool:
    if not isinstance(value, (dict, list)):
        return False
    inner = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(_deeper_than(entry, levels - 1) for entry in inner)


async def _record(session: AsyncSession, caller: Caller, done: str, name: str, **detail: object) -> None:
    await trail.record(session, caller, f"variable.{done}", "variable", name, {"name": name, **detail})
