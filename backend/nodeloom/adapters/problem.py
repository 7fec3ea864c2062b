"""Refusals as RFC 9457 problem documents.

A feature names each refusal by a small subclass; services raise it, and one handler at the edge of
the application turns it into `application/problem+json`.
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

TYPE_BASE = "https://nodeloom.dev/problems/"


class ApiProblem(Exception):
    """A request that can't be served, and what the caller can do about it.

    Subclasses set the class attributes; the instance says what happened in this very case.
    """

    status: ClassVar[int] = 400
    code: ClassVar[str] = "bad_request"
    title: ClassVar[str] = "The request can't be served"
    hint: str = ""

    def __init__(
        self,
        detail: str = "",
        *,
        hint: str | None = None,
        problems: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        if hint is not None:
            self.hint = hint
        self.problems = problems
        self.headers = dict(headers or {})
        self.extra = dict(extra or {})

    def document(self) -> dict[str, Any]:
        body: dict[str, Any] = {
            "type": TYPE_BASE + self.code,
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "hint": self.hint,
        }
        if self.problems is not None:
            body["problems"] = [dict(problem) for problem in self.problems]
        return {**body, **self.extra}
