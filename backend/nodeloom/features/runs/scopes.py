"""Containers of a run: opening their scopes, noticing their ends, and who catches what fails inside."""

from dataclasses import dataclass, field

from nodeloom.engine.containers import OpenContainer, Share
from nodeloom.engine.inputs import SCOPE_INPUT
from nodeloom.engine.outcome import Open
from nodeloom.features.runs.compute import handled
from nodeloom.features.runs.state import Broken, Done, ErrorDocument, NodeEnd, RunState
from nodeloom.graph.scope import NodeKey, ScopePath
from nodeloom.nodes.node_type import Opened


@dataclass(slots=True)
class Scopes:
    state: RunState
    early: dict[ScopePath, list[NodeKey]] = field(default_factory=dict[ScopePath, list[NodeKey]])

    def open(self, key: NodeKey, opened: Opened, share: Share | None = None) -> tuple[list[NodeKey], NodeEnd | None]:
        """What may start inside, and the container's end if there is nothing to do in it."""
        at_once = share.at_once if share is not None else opened.at_once
        container = OpenContainer(key, opened.scopes, at_once, opened.collects_errors, share)
        self.state.containers[key] = container
        for inner, error in list(self.state.broken.items()):
            if _container_of(inner[1]) == key:
                del self.state.broken[inner]
                self.catch(inner[1], error)
        return self._go_on(container)

    def holds_back(self, key: NodeKey) -> bool:
        """Whether the node waits for its scope to be opened: the journal knows of it before the container does."""
        path = key[1]
        container = self.state.containers.get(_container_of(path))
        if container is not None and path[-1][1] < container.opened:
            return False
        self.early.setdefault(path, []).append(key)
        return True

    def after(self, path: ScopePath) -> tuple[NodeKey, list[NodeKey], NodeEnd | None] | None:
        """What follows from the end of the scope at `path`: its container, what may start, the container's end."""
        key = _container_of(path)
        container = self.state.containers.get(key)
        if container is None or not self.state.frontier.scope_finished(path):
            return None
        return key, *self._go_on(container)

    def catch(self, path: ScopePath, error: ErrorDocument) -> None:
        """Give the failure of a node to the nearest container that takes it, else to the run."""
        for depth in reversed(range(len(path))):
            container = self.state.containers.get((path[depth][0], path[:depth]))
            if container is None:
                continue
            if container.collects:
                container.failures.setdefault(path[depth][1], error)
                return
            if self.state.plan.nodes[container.key[0]].settings.on_error != "stop":
                container.error = container.error or error
                return
        self.state.error = self.state.error or error

    def cut(self, path: ScopePath) -> bool:
        """Whether something failed that leaves nothing to do in this scope."""
        for depth in range(len(path)):
            container = self.state.containers.get((path[depth][0], path[:depth]))
            if container is not None and (container.error is not None or path[depth][1] in container.failures):
                return True
        return False

    def _go_on(self, container: OpenContainer) -> tuple[list[NodeKey], NodeEnd | None]:
        """Open what may be opened and take in what ended, until neither changes anything."""
        state, ready = self.state, list[NodeKey]()
        while True:
            if container.may_open > container.opened:
                opening = range(container.opened, container.may_open)
                for index in opening:
                    scope = (container.key[0], container.path(index))
                    state.ports[scope] = {SCOPE_INPUT: container.items(index)}
                container.opened = container.may_open
                open_ones = Open(container.opened, container.first)
                ready.extend(state.frontier.settle(container.key, open_ones).ready)
                if self.early:
                    ready.extend(key for index in opening for key in self.early.pop(container.path(index), ()))
            ended = [
                index
                for index in range(container.first, container.opened)
                if index not in container.finished and state.frontier.scope_finished(container.path(index))
            ]
            if not ended:
                break
            for index in ended:
                container.collect(state.plan, index, state.emitted)
        return ready, self._end(container) if container.ended else None

    def _end(self, container: OpenContainer) -> NodeEnd:
        if container.error is not None:
            if container.share is not None:
                return Broken(container.error)
            node = self.state.plan.nodes[container.key[0]]
            return handled(node, self.state.inputs(container.key), container.error)
        return Done(container.outcome())


def _container_of(path: ScopePath) -> NodeKey:
    return path[-1][0], path[:-1]
