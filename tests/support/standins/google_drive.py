"""A small Drive of our own, as the emulator's can neither delete, copy, share nor change a file's content.

Judged by Google's description of the API: what it doesn't know as a path, parameter or field is refused before it comes
here, and each answer is held against the description too. As at Google, a file shows four fields unless told.
Searches know `name`, `mimeType`, `fullText`, `trashed`, `modifiedTime`, `appProperties` and `in parents`, joined by
`and`.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from operator import contains, eq, gt, lt, ne
from typing import Any, cast

from nodeloom.adapters import clock
from tests.support.standins.google_asked import Asked, Json, only
from tests.support.standins.google_problem import Problem, not_found

FOLDER = "application/vnd.google-apps.folder"
SPREADSHEET = "application/vnd.google-apps.spreadsheet"
DOCUMENT = "application/vnd.google-apps.document"
_OWN = "application/vnd.google-apps."
_SHOWN = "kind,id,name,mimeType"
_TERM = re.compile(
    r"'(?P<parent>[^']+)' in parents"
    r"|appProperties has \{ *key='(?P<key>[^']+)' and value='(?P<kept>[^']+)' *\}"
    r"|(?P<field>\w+)\s*(?P<operator>!?=|contains|>|<)\s*(?P<value>'(?:[^'\\]|\\.)*'|\w+)"
)
_OPERATORS: Mapping[str, Callable[[str, str], bool]] = {"=": eq, "!=": ne, "contains": contains, ">": gt, "<": lt}
Answer = tuple[int, Json | bytes | None]


@dataclass
class File:
    about: Json
    content: bytes = b""
    permissions: list[Json] = field(default_factory=list[Json])


@dataclass
class Drive:
    """`made` is told of each file that is made through the API; `files` by id."""

    owner: str
    made: Callable[[Json], None]
    files: dict[str, File] = field(default_factory=dict[str, File])
    changes: list[str] = field(default_factory=list[str])

    def put(self, name: str, media_type: str, content: bytes = b"", parents: tuple[str, ...] = ("root",)) -> str:
        """A file appears; its id."""
        return str(self.place({"name": name, "mimeType": media_type, "parents": list(parents)}, content).about["id"])

    def answer(self, asked: Asked) -> Answer:
        handler = _HANDLERS.get(asked.route.id)
        if handler is None:
            raise Problem(501, f"{asked.route.id} is not in this stand-in", "notImplemented", "UNIMPLEMENTED")
        return handler(self, asked)

    def about(self, asked: Asked) -> Answer:
        if not asked.one("fields"):
            raise Problem(400, "The 'fields' parameter is required for this method.", "required", "INVALID_ARGUMENT")
        user = {"kind": "drive#user", "displayName": "Loom Tester", "emailAddress": self.owner, "me": True}
        return 200, only(asked.one("fields"), {"kind": "drive#about", "user": user})

    def listed(self, asked: Asked) -> Answer:
        found = [file.about for file in self.files.values() if _fits(file, asked.one("q"))]
        order = asked.one("orderBy", "modifiedTime desc").split(",")[0]
        found.sort(key=lambda about: str(about[order.split(" ")[0].removesuffix("_natural")]), reverse="desc" in order)
        start, size = int(asked.one("pageToken", "0")), int(asked.one("pageSize", "100"))
        answer: Json = {"kind": "drive#fileList", "incompleteSearch": False, "files": found[start : start + size]}
        if start + size < len(found):
            answer["nextPageToken"] = str(start + size)
        return 200, only(asked.one("fields", f"kind,incompleteSearch,nextPageToken,files({_SHOWN})"), answer)

    def got(self, asked: Asked) -> Answer:
        file = self._file(asked)
        if asked.one("alt") != "media":
            return 200, _shown(asked, file)
        if file.about["mimeType"].startswith(_OWN):
            text = "Only files with binary content can be downloaded. Use Export with Docs Editors files."
            raise Problem(403, text, "fileNotDownloadable", "PERMISSION_DENIED")
        return 200, file.content

    def exported(self, asked: Asked) -> Answer:
        file = self._file(asked)
        if not file.about["mimeType"].startswith(_OWN):
            text = "Export only supports Docs Editors files."
            raise Problem(403, text, "fileNotExportable", "PERMISSION_DENIED")
        return 200, file.content or f"{file.about['name']} as {asked.one('mimeType')}".encode()

    def created(self, asked: Asked) -> Answer:
        about, content, media_type = _upload(asked)
        about.setdefault("name", "Untitled")
        about.setdefault("mimeType", media_type or "application/octet-stream")
        about.setdefault("parents", ["root"])
        return 200, _shown(asked, self._made(about, content or b""))

    def updated(self, asked: Asked) -> Answer:
        file = self._file(asked)
        about, content, _ = _upload(asked)
        if "parents" in about:
            text = "The parents field is not directly writable in update requests."
            raise Problem(403, text, "fieldNotWritable", "PERMISSION_DENIED")
        gone = set(asked.one("removeParents").split(","))
        added = [parent for parent in asked.one("addParents").split(",") if parent]
        parents = [parent for parent in file.about["parents"] if parent not in gone] + added
        file.about |= {**about, "parents": parents[-1:]}
        if content is not None:
            file.content = content
        self._touched(file)
        return 200, _shown(asked, file)

    def copied(self, asked: Asked) -> Answer:
        file = self._file(asked)
        about = {name: file.about[name] for name in ("name", "mimeType", "parents")}
        about |= {"name": f"Copy of {about['name']}", **asked.body()}
        return 200, _shown(asked, self._made(about, file.content))

    def deleted(self, asked: Asked) -> Answer:
        file = self._file(asked)
        del self.files[file.about["id"]]
        self.changes.append(file.about["id"])
        return 204, None

    def shared(self, asked: Asked) -> Answer:
        body = asked.body()
        permission = {"kind": "drive#permission", "id": secrets.token_hex(8), **body}
        if permission.get("type") not in ("user", "group", "domain", "anyone") or "role" not in permission:
            raise Problem(400, "The permission type field is required.", "required", "INVALID_ARGUMENT")
        self._file(asked).permissions.append(permission)
        return 200, permission

    def permissions(self, asked: Asked) -> Answer:
        return 200, {"kind": "drive#permissionList", "permissions": self._file(asked).permissions}

    def unshared(self, asked: Asked) -> Answer:
        file = self._file(asked)
        left = [permission for permission in file.permissions if permission["id"] != asked.path["permissionId"]]
        if len(left) == len(file.permissions):
            raise not_found()
        file.permissions = left
        return 204, None

    def change_token(self, _asked: Asked) -> Answer:
        return 200, {"kind": "drive#startPageToken", "startPageToken": str(len(self.changes) + 1)}

    def changed(self, asked: Asked) -> Answer:
        changes: list[Json] = []
        for file_id in self.changes[int(asked.one("pageToken")) - 1 :]:
            file = self.files.get(file_id)
            told: Json = {"kind": "drive#change", "changeType": "file", "fileId": file_id, "removed": file is None}
            changes.append(told if file is None else {**told, "file": file.about})
        answer = {"kind": "drive#changeList", "changes": changes, "newStartPageToken": str(len(self.changes) + 1)}
        return 200, only(asked.one("fields", "*"), answer)

    def _file(self, asked: Asked) -> File:
        file = self.files.get(asked.path["fileId"])
        if file is None:
            text = f"File not found: {asked.path['fileId']}."
            raise Problem(404, text, "notFound", "NOT_FOUND")
        return file

    def _made(self, about: Json, content: bytes) -> File:
        file = self.place(about, content)
        self.made(file.about)
        return file

    def place(self, about: Json, content: bytes = b"") -> File:
        file_id = about.get("id") or secrets.token_urlsafe(24)
        owner = {"kind": "drive#user", "emailAddress": self.owner, "displayName": "Loom Tester", "me": True}
        file = File(
            {
                "kind": "drive#file",
                "trashed": False,
                "starred": False,
                "createdTime": _now(),
                "owners": [owner],
                "webViewLink": f"https://drive.google.com/file/d/{file_id}/view",
                **about,
                "id": file_id,
            },
            content,
        )
        self.files[file_id] = file
        self._touched(file)
        return file

    def _touched(self, file: File) -> None:
        file.about["modifiedTime"] = _now()
        if not file.about["mimeType"].startswith(_OWN):
            file.about["size"] = str(len(file.content))
        self.changes.append(file.about["id"])


def _now() -> str:
    return clock.now().isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _shown(asked: Asked, file: File) -> Json:
    return only(asked.one("fields", _SHOWN), file.about)


def _upload(asked: Asked) -> tuple[Json, bytes | None, str]:
    """What is said of the file, its content if it comes along, and the content's type."""
    if not asked.route.upload:
        return asked.body(), None, ""
    if asked.one("uploadType") == "media":
        return {}, asked.content, asked.media_type
    head = f"Content-Type: {asked.media_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
    about, content = cast("list[Message]", message_from_bytes(head + asked.content).get_payload())
    payload = cast("bytes", content.get_payload(decode=True))
    return json.loads(cast("bytes", about.get_payload(decode=True))), payload, content.get_content_type()


def _fits(file: File, query: str) -> bool:
    if not query:
        return True
    terms = [_TERM.fullmatch(term.strip()) for term in re.split(r"\s+and\s+(?![^{]*\})", query)]
    if None in terms:
        raise Problem(400, "Invalid Value", "invalid", "INVALID_ARGUMENT")
    return all(_holds(file, cast("re.Match[str]", term)) for term in terms)


def _holds(file: File, term: re.Match[str]) -> bool:
    if term["parent"]:
        return term["parent"] in file.about["parents"]
    if term["key"]:
        return file.about.get("appProperties", {}).get(term["key"]) == term["kept"]
    value = term["value"].strip("'").replace("\\'", "'")
    held: Any = file.content.decode(errors="replace") if term["field"] == "fullText" else file.about.get(term["field"])
    held = str(held).lower() if isinstance(held, bool) else str(held or "")
    if term["operator"] == "contains":
        return value.lower() in held.lower()
    return _OPERATORS[term["operator"]](held, value)


_HANDLERS: Mapping[str, Callable[[Drive, Asked], Answer]] = {
    "drive.about.get": Drive.about,
    "drive.files.list": Drive.listed,
    "drive.files.get": Drive.got,
    "drive.files.export": Drive.exported,
    "drive.files.create": Drive.created,
    "drive.files.update": Drive.updated,
    "drive.files.copy": Drive.copied,
    "drive.files.delete": Drive.deleted,
    "drive.permissions.create": Drive.shared,
    "drive.permissions.list": Drive.permissions,
    "drive.permissions.delete": Drive.unshared,
    "drive.changes.getStartPageToken": Drive.change_token,
    "drive.changes.list": Drive.changed,
}
