import type { Connector } from "@/shared/api/types";
import type { NodeType } from "../model/node-type";
import { groupTypes, isOfConnector, searchTypes, type TypeGroup } from "../model/search";

/** As much of a connector as is drawn. */
export type ConnectorLook = Pick<Connector, "title" | "icon" | "color">;

/** What the palette lists: a node type to add, or a connector to look into. */
export type PaletteRow =
  | { kind: "type"; id: string; type: NodeType }
  | { kind: "connector"; id: string; group: TypeGroup; look: ConnectorLook };

export interface PaletteSection {
  readonly title: string;
  readonly rows: PaletteRow[];
}

interface Shown {
  types: readonly NodeType[];
  typed: string;
  /** The connector that is looked into. */
  inside: string | null;
  lookOf: (connector: string) => ConnectorLook;
}

/** Everything that was found; while nothing is typed, the built-in groups and a row for each connector. */
export function paletteSections({ types, typed, inside, lookOf }: Shown): PaletteSection[] {
  const within = inside === null ? types : types.filter((type) => type.group === inside);
  if (typed !== "") return [{ title: "", rows: searchTypes(within, typed).map(rowOf) }];
  if (inside !== null) return partsOf(within);
  const groups = groupTypes(types);
  const connectors = groups.filter((group) => isOfConnector(group.name));
  const rows = connectors
    .map((group) => ({ group, look: lookOf(group.name) }))
    .sort((a, b) => a.look.title.localeCompare(b.look.title))
    .map(
      ({ group, look }): PaletteRow => ({
        kind: "connector",
        id: `connector-${group.name}`,
        group,
        look,
      }),
    );
  const [start, ...others] = groups
    .filter((group) => !isOfConnector(group.name))
    .map(({ title, types: members }) => ({ title, rows: members.map(rowOf) }));
  const services = { title: "Services", rows };
  return [start, services, ...others].filter(
    (section): section is PaletteSection => section !== undefined && section.rows.length > 0,
  );
}

function partsOf(types: readonly NodeType[]): PaletteSection[] {
  return [
    { title: "Starts a workflow", rows: types.filter((type) => type.trigger).map(rowOf) },
    { title: "Actions", rows: types.filter((type) => !type.trigger).map(rowOf) },
  ].filter((section) => section.rows.length > 0);
}

function rowOf(type: NodeType): PaletteRow {
  return { kind: "type", id: type.type, type };
}
