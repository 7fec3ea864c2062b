from typing import Any

class HttpRequest:
    uri: str
    method: str
    body: str | bytes | None
    headers: dict[str, str]
    methodId: str
    def postproc(self, resp: object, content: bytes) -> Any: ...
