"""Every built-in node type, in the order of the palette."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from nodeloom.nodes.approval import APPROVAL
from nodeloom.nodes.branches import FILTER, IF, SWITCH
from nodeloom.nodes.called import CALLED, RUN_WORKFLOW
from nodeloom.nodes.chats import CHAT
from nodeloom.nodes.code import CODE
from nodeloom.nodes.compare import COMPARE
from nodeloom.nodes.containers import LOOP, MAP
from nodeloom.nodes.crypto import CRYPTO
from nodeloom.nodes.dates import DATETIME
from nodeloom.nodes.endings import NOOP, RESPOND, STOP
from nodeloom.nodes.events import EMIT, EVENT, ON_FAILURE
from nodeloom.nodes.files.convert import CONVERT_FILE
from nodeloom.nodes.files.extract import EXTRACT_FILE
from nodeloom.nodes.forms import FORM
from nodeloom.nodes.html import HTML
from nodeloom.nodes.lists import DEDUPE, LIMIT, SORT
from nodeloom.nodes.lists_in_items import AGGREGATE, SPLIT_OUT
from nodeloom.nodes.markdown import MARKDOWN
from nodeloom.nodes.merge import MERGE
from nodeloom.nodes.node_type import NodeType
from nodeloom.nodes.rename import RENAME
from nodeloom.nodes.schedule import SCHEDULE
from nodeloom.nodes.set_fields import SET
from nodeloom.nodes.summarize import SUMMARIZE
from nodeloom.nodes.table import TABLE
from nodeloom.nodes.triggers import MANUAL, WEBHOOK
from nodeloom.nodes.wait import WAIT
from nodeloom.nodes.xml import XML

_TYPES = (
    *(MANUAL, WEBHOOK, FORM, CHAT, SCHEDULE, EVENT, CALLED, ON_FAILURE),
    *(IF, SWITCH, MERGE, LOOP, MAP, WAIT, APPROVAL, RUN_WORKFLOW, EMIT, RESPOND, STOP, NOOP),
    *(SET, CODE, TABLE, FILTER, SORT, LIMIT, DEDUPE, SPLIT_OUT, AGGREGATE),
    *(SUMMARIZE, RENAME, COMPARE, DATETIME, CRYPTO, HTML, XML, MARKDOWN, EXTRACT_FILE, CONVERT_FILE),
)

BUILT_IN: Final[Mapping[str, NodeType]] = MappingProxyType({node_type.spec.type: node_type for node_type in _TYPES})
