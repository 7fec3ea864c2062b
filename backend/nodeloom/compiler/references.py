"""Does every `$('Title')` name a node that has run by then on some path, and every `$vars.name` a variable?"""

from collections.abc import Callable, Iterator
from difflib import get_close_matches

from nodeloom.compiler.draft import Draft, DraftNode
from nodeloom.compiler.fields import field_path, texts
from nodeloom.expressions.template import Template, compile_template
from nodeloom.graph.problem import Problem


def check_references(draft: Draft) -> Iterator[Problem]:
    for node_id, drawn in draft.nodes.items():
        if drawn.node.disabled or not drawn.template.references:
            continue
        ancestors = draft.ancestors(node_id)
        for title in sorted(drawn.template.references):
            named = draft.by_title.get(title, [])
            if not named:
                yield _unknown(draft, drawn, title)
            elif not any(other.node.id in ancestors for other in named):
                yield _not_upstream(drawn, title)


def _unknown(draft: Draft, drawn: DraftNode, title: str) -> Problem:
    near = get_close_matches(title, [*draft.by_title], n=1)
    return Problem(
        "error",
        "unknown_reference",
        f"“{drawn.node.title}” looks at a node called “{title}”, and there is none.",
        f"Did you mean “{near[0]}”?" if near else "Use the title of a node before this one.",
        node_id=drawn.node.id,
        field=_field_naming(drawn, title),
    )


def _not_upstream(drawn: DraftNode, title: str) -> Problem:
    return Problem(
        "error",
        "not_upstream",
        f"“{drawn.node.title}” looks at “{title}”, which does not come before it.",
        f"Lead an edge from “{title}” towards “{drawn.node.title}”, or use a node that comes before it.",
        node_id=drawn.node.id,
        field=_field_naming(drawn, title),
    )


def check_variables(draft: Draft) -> Iterator[Problem]:
    """A warning: the variable may well be made before the workflow runs."""
    if draft.variables is None:
        return
    for drawn in draft.nodes.values():
        if drawn.node.disabled:
            continue
        for name in sorted(drawn.template.variables.difference(draft.variables)):
            near = get_close_matches(name, [*draft.variables], n=1)
            yield Problem(
                "warning",
                "unknown_variable",
                f"“{drawn.node.title}” reads the variable “{name}”, and there is none of this name.",
                f"Did you mean “{near[0]}”?" if near else "Add it under Settings, Variables.",
                node_id=drawn.node.id,
                field=_field_where(drawn, lambda template, name=name: name in template.variables),
            )


def _field_naming(drawn: DraftNode, title: str) -> str | None:
    return _field_where(drawn, lambda template: title in template.references)


def _field_where(drawn: DraftNode, holds: Callable[[Template], bool]) -> str | None:
    fields = (
        field_path(steps) for steps, text in texts(drawn.params) if "{{" in text and holds(compile_template(text))
    )
    return next(fields, None)
