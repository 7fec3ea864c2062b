"""What an action does to the world, which decides how it is journaled and whether it may be repeated."""

from typing import Literal, TypeAlias

Effect: TypeAlias = Literal["none", "read", "idempotent", "once", "destructive"]
