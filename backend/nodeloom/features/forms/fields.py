"""The fields of a form as HTML: labels that name them, help and messages that are read out with them."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Final

from nodeloom.features.forms.asked import Filled, Question, Step
from nodeloom.features.forms.check import YES, most_files

# Up to here all choices are seen at once.
_MOST_RADIOS: Final = 7
_AUTOCOMPLETE: Final = {"email": "email"}


@dataclass(frozen=True, slots=True)
class _Shown:
    question: Question
    fault: str | None

    @property
    def id(self) -> str:
        return f"f-{self.question.name}"

    @property
    def described(self) -> str:
        """Which help and which message belong to the field."""
        ids = [f"{self.id}-help"] if self.question.field.help else []
        ids += [f"{self.id}-fault"] if self.fault else []
        return _attributes(aria_describedby=" ".join(ids) or None, aria_invalid="true" if self.fault else None)

    @property
    def notes(self) -> str:
        return self.help + self.message

    @property
    def help(self) -> str:
        text = self.question.field.help
        return f'<p class="help" id="{self.id}-help">{escape(text)}</p>' if text else ""

    @property
    def message(self) -> str:
        return f'<p class="fault" id="{self.id}-fault">{escape(self.fault)}</p>' if self.fault else ""


def step_fields(step: Step, filled: Filled, faults: Mapping[str, str], tokens: Mapping[str, list[str]]) -> str:
    """`tokens`: for the files of a field that are stored already, what brings them back."""
    return "".join(
        _field(_Shown(question, faults.get(question.name)), filled, tokens.get(question.name, []))
        for question in step.questions
    )


def carried(step: Step, filled: Filled, tokens: Mapping[str, list[str]]) -> str:
    """The answers of a step that isn't seen, so that the next request brings them along."""
    parts: list[str] = []
    for question in step.questions:
        parts += [_hidden(question.name, text) for text in filled.texts.get(question.name, [])]
        parts += [_hidden(f"-file.{question.name}", token) for token in tokens.get(question.name, [])]
    return "".join(parts)


def _field(shown: _Shown, filled: Filled, tokens: list[str]) -> str:
    name, asked = shown.question.name, shown.question.field
    match asked.kind:
        case "hidden":
            return "".join(_hidden(name, text) for text in filled.texts.get(name, []))
        case "checkbox":
            return _checkbox(shown, filled)
        case "choices":
            return _group(shown, "checkbox", filled)
        case "choice" if len(asked.options) <= _MOST_RADIOS:
            return _group(shown, "radio", filled)
        case "choice":
            return _labelled(shown, _select(shown, filled.text(name)))
        case "file":
            return _labelled(shown, _file(shown, filled, tokens))
        case "long_text":
            return _labelled(shown, _area(shown, filled.text(name)))
        case _:
            return _labelled(shown, _input(shown, filled.text(name)))


def _labelled(shown: _Shown, control: str) -> str:
    label = f'<label for="{shown.id}">{_words(shown)}</label>'
    return f'<div class="field">{label}{shown.help}{control}{shown.message}</div>'


def _words(shown: _Shown) -> str:
    asked = shown.question.field
    mark = '<span class="need" aria-hidden="true"> *</span>' if asked.required else ""
    return escape(asked.label) + mark


def _input(shown: _Shown, value: str) -> str:
    asked = shown.question.field
    texts = asked.kind in ("text", "email")
    bounds: dict[str, object] = {}
    if asked.kind == "number":
        bounds = {"min": asked.min, "max": asked.max, "step": "any", "inputmode": "decimal"}
    elif asked.kind == "date":
        bounds = {"min": asked.earliest, "max": asked.latest}
    elif texts:
        bounds = {
            "minlength": _whole(asked.min),
            "maxlength": _whole(asked.max),
            "pattern": None if asked.pattern is None or asked.pattern.startswith("/") else asked.pattern,
            "title": asked.help if asked.pattern else None,
        }
    attributes = _attributes(
        id=shown.id,
        name=shown.question.name,
        type=asked.kind,
        value=value,
        required=asked.required,
        placeholder=asked.placeholder or None,
        autocomplete=_AUTOCOMPLETE.get(asked.kind),
        **bounds,
    )
    return f"<input{attributes}{shown.described}>"


def _area(shown: _Shown, value: str) -> str:
    asked = shown.question.field
    attributes = _attributes(
        id=shown.id,
        name=shown.question.name,
        rows=5,
        required=asked.required,
        placeholder=asked.placeholder or None,
        minlength=_whole(asked.min),
        maxlength=_whole(asked.max),
    )
    # A line break right after the tag is HTML's, not the text's.
    return f"<textarea{attributes}{shown.described}>\n{escape(value)}</textarea>"


def _select(shown: _Shown, value: str) -> str:
    asked = shown.question.field
    options = "".join(
        f"<option{_attributes(value=option, selected=option == value)}>{escape(option)}</option>"
        for option in asked.options
    )
    attributes = _attributes(id=shown.id, name=shown.question.name, required=asked.required)
    return f'<select{attributes}{shown.described}><option value="">Choose…</option>{options}</select>'


def _group(shown: _Shown, kind: str, filled: Filled) -> str:
    asked, name = shown.question.field, shown.question.name
    chosen = set(filled.texts.get(name, []))
    options = "".join(
        '<label class="option"><input'
        + _attributes(
            type=kind,
            name=name,
            value=option,
            checked=option in chosen,
            required=asked.required and kind == "radio",
            id=shown.id if number == 0 else None,
        )
        + f"><span>{escape(option)}</span></label>"
        for number, option in enumerate(asked.options)
    )
    role = ' role="radiogroup"' if kind == "radio" else ""
    needed = _attributes(aria_required="true" if asked.required and kind == "radio" else None)
    return (
        f'<fieldset class="field"{role}{needed}{shown.described}><legend>{_words(shown)}</legend>'
        f'{shown.help}<div class="options">{options}</div>{shown.message}</fieldset>'
    )


def _checkbox(shown: _Shown, filled: Filled) -> str:
    asked, name = shown.question.field, shown.question.name
    box = _attributes(
        type="checkbox",
        id=shown.id,
        name=name,
        value=YES,
        checked=bool(filled.text(name)),
        required=asked.required,
    )
    return (
        f'<div class="field"><label class="option" for="{shown.id}"><input{box}{shown.described}>'
        f"<span>{_words(shown)}</span></label>{shown.notes}</div>"
    )


def _file(shown: _Shown, filled: Filled, tokens: list[str]) -> str:
    asked, name = shown.question.field, shown.question.name
    kept = "".join(
        '<li><label class="option"><input'
        + _attributes(type="checkbox", name=f"-file.{name}", value=token, checked=True)
        + f"><span>{escape(file.name)} <small>{_size(file.size)}</small></span></label></li>"
        for file, token in zip(filled.files.get(name, []), tokens, strict=True)
    )
    box = _attributes(
        type="file",
        id=shown.id,
        name=name,
        accept=",".join(asked.accept) or None,
        multiple=most_files(asked) > 1,
        required=asked.required and not tokens,
    )
    return (f'<ul class="files">{kept}</ul>' if kept else "") + f"<input{box}{shown.described}>"


def _hidden(name: str, value: str) -> str:
    return f"<input{_attributes(type='hidden', name=name, value=value)}>"


def _attributes(**attributes: object) -> str:
    """`True` is an attribute without a value, None and False none at all; `aria_x` is `aria-x`."""
    parts: list[str] = []
    for name, value in attributes.items():
        if value is True:
            parts.append(f" {name}")
        elif value is not None and value is not False:
            text = str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
            parts.append(f' {name.replace("_", "-")}="{escape(text)}"')
    return "".join(parts)


def _whole(number: float | None) -> int | None:
    return None if number is None else max(0, int(number))


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} {unit}"
        size = round(size / 1000)
    return f"{size} GB"
