"""Are the answers what the form asks for? The same rules as the page's own, for those who come without it."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Final

from nodeloom.features.forms.asked import Filled, Form, Question, Step
from nodeloom.graph.item import ArtifactRef
from nodeloom.graph.json_value import JsonValue
from nodeloom.nodes.forms import FormField
from nodeloom.nodes.node_type import NodeFailed
from nodeloom.nodes.patterns import matches

YES: Final = "yes"
# Where the form itself sets no limit.
_LONGEST: Final = {"text": 5_000, "long_text": 100_000, "email": 254, "hidden": 5_000}
_LARGEST_NUMBER: Final = 1e15
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+")
_NUMBER: Final = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?")
_MISSING: Final = {
    "checkbox": "Please tick this.",
    "choice": "Please choose one.",
    "choices": "Please choose at least one.",
    "number": "Please enter a number.",
    "date": "Please enter a date.",
}


def faults_of(step: Step, filled: Filled) -> dict[str, str]:
    """By name, what is wrong with an answer, in words for whoever typed it. May compute for a while: patterns."""
    found: dict[str, str] = {}
    for question in step.questions:
        fault = _fault(question, filled)
        if fault is not None:
            found[question.name] = fault
    return found


def answers_of(form: Form, filled: Filled) -> dict[str, JsonValue]:
    """The item's fields, from answers without a fault."""
    return {question.name: _answer(question, filled) for question in form.questions}


def file_fault(asked: FormField, name: str, media_type: str, size: int) -> str | None:
    """What is wrong with one file before it is stored."""
    if size > asked.max_mb * 1024 * 1024:
        return f"“{name}” is larger than {asked.max_mb} MB."
    if asked.accept and not any(_accepts(rule, name, media_type) for rule in asked.accept):
        return f"“{name}” is not one of the kinds that are taken: {', '.join(asked.accept)}."
    return None


def most_files(asked: FormField) -> int:
    return max(1, int(asked.max)) if asked.max is not None else 1


def _fault(question: Question, filled: Filled) -> str | None:
    asked = question.field
    if asked.kind == "file":
        return _fault_of_files(asked, filled.files.get(question.name, []))
    values = [value for value in filled.texts.get(question.name, []) if value.strip()]
    if not values:
        return _missing(asked)
    match asked.kind:
        case "choice" | "choices" | "checkbox":
            return _fault_of_choice(asked, values)
        case "number":
            return _fault_of_number(asked, values[0])
        case "date":
            return _fault_of_day(asked, values[0])
        case _:
            return _fault_of_text(asked, values[0])


def _missing(asked: FormField) -> str | None:
    if not asked.required or asked.kind == "hidden":
        return None
    return _MISSING.get(asked.kind, "Please fill this in.")


def _fault_of_text(asked: FormField, text: str) -> str | None:
    limit = _LONGEST.get(asked.kind, 5_000)
    most = limit if asked.max is None else min(limit, int(asked.max))
    if len(text) > most:
        return f"At most {most} characters, please; these are {len(text)}."
    if asked.min is not None and len(text) < asked.min:
        return f"At least {int(asked.min)} characters, please."
    if asked.kind == "email" and not _EMAIL.fullmatch(text.strip()):
        return "This doesn't look like an e-mail address: it needs a name, an @ and a domain."
    if asked.pattern is not None and not _fits(text, asked.pattern):
        return asked.help or "This doesn't have the form that is asked for."
    return None


def _fits(text: str, pattern: str) -> bool:
    try:
        return matches(text, pattern if pattern.startswith("/") else f"^(?:{pattern})$")
    except NodeFailed:
        # A text that the pattern can't be decided for in time.
        return False


def _fault_of_number(asked: FormField, text: str) -> str | None:
    if not _NUMBER.fullmatch(text.strip()) or abs(number := float(text)) > _LARGEST_NUMBER:
        return "Please enter a number, such as 12 or 3.5."
    if asked.min is not None and number < asked.min:
        return f"At least {_short(asked.min)}, please."
    if asked.max is not None and number > asked.max:
        return f"At most {_short(asked.max)}, please."
    return None


def _fault_of_day(asked: FormField, text: str) -> str | None:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        return "Please enter a date, such as 2026-12-31."
    if asked.earliest is not None and day < date.fromisoformat(asked.earliest):
        return f"{asked.earliest} at the earliest, please."
    if asked.latest is not None and day > date.fromisoformat(asked.latest):
        return f"{asked.latest} at the latest, please."
    return None


def _fault_of_choice(asked: FormField, values: Sequence[str]) -> str | None:
    if asked.kind == "checkbox":
        return None
    if any(value not in asked.options for value in values) or (asked.kind == "choice" and len(values) > 1):
        return "Please choose from what is offered."
    if asked.kind == "choices" and asked.min is not None and len(set(values)) < asked.min:
        return f"Please choose at least {int(asked.min)}."
    if asked.kind == "choices" and asked.max is not None and len(set(values)) > asked.max:
        return f"Please choose at most {int(asked.max)}."
    return None


def _fault_of_files(asked: FormField, files: Sequence[ArtifactRef]) -> str | None:
    if not files:
        return "Please choose a file." if asked.required else None
    if len(files) > most_files(asked):
        return f"At most {most_files(asked)}, please; these are {len(files)}."
    if asked.min is not None and len(files) < asked.min:
        return f"Please choose at least {int(asked.min)} files."
    return None


def _accepts(rule: str, name: str, media_type: str) -> bool:
    rule = rule.lower()
    if rule.startswith("."):
        return name.lower().endswith(rule)
    if rule.endswith("/*"):
        return media_type.lower().startswith(rule[:-1])
    return media_type.lower() == rule


def _answer(question: Question, filled: Filled) -> JsonValue:
    asked, text = question.field, filled.text(question.name)
    match asked.kind:
        case "number":
            return _number(text) if text.strip() else None
        case "date" | "choice":
            return text.strip() or None
        case "choices":
            chosen = set(filled.texts.get(question.name, []))
            return [option for option in asked.options if option in chosen]
        case "checkbox":
            return bool(text)
        case "file":
            return [file.name for file in filled.files.get(question.name, [])]
        case "email":
            return text.strip()
        case _:
            return text


def _number(text: str) -> JsonValue:
    number = float(text)
    return int(number) if number.is_integer() else number


def _short(number: float) -> str:
    return str(int(number)) if number.is_integer() else str(number)
