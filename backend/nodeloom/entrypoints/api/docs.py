"""A readable page of the OpenAPI document: no script, nothing from elsewhere, so it works offline and under our CSP."""

import json
from html import escape
from itertools import groupby
from typing import Any, cast

_STYLE = """
:root { color-scheme: light dark; font: 15px/1.55 system-ui, sans-serif }
body { max-width: 62rem; margin: 2rem auto; padding: 0 1rem }
h2 { margin-top: 2.5rem; text-transform: capitalize }
details { border: 1px solid color-mix(in srgb, currentColor 20%, transparent); border-radius: 8px; margin: .5rem 0 }
summary { padding: .5rem .75rem; cursor: pointer } section { padding: 0 .75rem .5rem }
code, pre { font: 13px/1.5 ui-monospace, monospace } pre { overflow: auto; max-height: 30rem }
.method { display: inline-block; min-width: 4.5em; font-weight: 650 } .role { float: right; opacity: .7 }
"""


def page(document: dict[str, Any]) -> str:
    operations = [
        (str(operation.get("tags", ["other"])[0]), path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    operations.sort(key=lambda entry: entry[0])
    schemas = cast("dict[str, Any]", document["components"]["schemas"])
    body = "".join(
        f"<h2>{escape(tag)}</h2>" + "".join(_operation(path, method, operation) for _, path, method, operation in group)
        for tag, group in groupby(operations, key=lambda entry: entry[0])
    )
    types = "".join(
        _details(f'<code id="{escape(name)}">{escape(name)}</code>', _json(schemas[name])) for name in schemas
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Nodeloom API</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head><body>'
        "<h1>Nodeloom API</h1><p>Sign in, or send <code>Authorization: Bearer nl_…</code>. "
        'The same as data: <a href="/api/v1/openapi.json">openapi.json</a>.</p>'
        f"{body}<h2>Types</h2>{types}</body></html>"
    )


def _operation(path: str, method: str, operation: dict[str, Any]) -> str:
    role = operation.get("x-role", "open to all")
    title = (
        f'<span class="method">{escape(method.upper())}</span><code>{escape(path)}</code>'
        f'<span class="role">{escape(role)}</span>'
    )
    parts = [f"<p>{escape(operation.get('description') or operation.get('summary', ''))}</p>"]
    for parameter in operation.get("parameters", ()):
        required = ", required" if parameter.get("required") else ""
        parts.append(
            f"<p><code>{escape(parameter['name'])}</code> ({escape(parameter['in'])}{required}) "
            f"<code>{escape(json.dumps(parameter['schema']))}</code></p>"
        )
    if "requestBody" in operation:
        parts.append("<h4>Body</h4>" + _json(operation["requestBody"]["content"]))
    for status, response in operation["responses"].items():
        if "content" in response and not status.startswith("4"):
            parts.append(f"<h4>{escape(status)}</h4>" + _json(response["content"]))
    return _details(title, "".join(parts))


def _details(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary><section>{body}</section></details>"


def _json(value: object) -> str:
    return f"<pre>{escape(json.dumps(value, indent=2, ensure_ascii=False))}</pre>"
