import { beforeEach, expect, it } from "vitest";
import { EMPTY_GRAPH, type Graph, readGraph } from "./model/graph";
import { useEditor } from "./store";

const node = (id: string, title = id) => ({ id, type: "core.noop", title, params: {} });
const graphOf = (...nodes: object[]): Graph => readGraph({ ...EMPTY_GRAPH, nodes });
const titles = () => useEditor.getState().graph.nodes.map(({ title }) => title);

beforeEach(() => {
  useEditor.getState().comeBack();
  useEditor.getState().load(graphOf(node("a"), node("b")), new Map());
});

it("keeps what is still there selected when the draft was saved elsewhere", () => {
  useEditor.getState().select(["a", "b"]);
  useEditor.getState().load(graphOf(node("b", "B"), node("c")), new Map());
  expect([...useEditor.getState().selection]).toEqual(["b"]);
});

it("shows another graph and comes back to the draft with its steps", () => {
  const { edit, lookAt, comeBack, undo } = useEditor.getState();
  edit((graph) => ({ ...graph, nodes: graph.nodes.slice(0, 1) }));
  lookAt(graphOf(node("old")));
  expect(titles()).toEqual(["old"]);
  lookAt(graphOf(node("older")));
  undo();
  expect(titles()).toEqual(["older"]);
  comeBack();
  expect(titles()).toEqual(["a"]);
  undo();
  expect(titles()).toEqual(["a", "b"]);
});

it("takes over what is saved elsewhere while something else is looked at", () => {
  const { load, lookAt, comeBack } = useEditor.getState();
  lookAt(graphOf(node("old")));
  load(graphOf(node("new")), new Map());
  expect(titles()).toEqual(["old"]);
  comeBack();
  expect(titles()).toEqual(["new"]);
});
