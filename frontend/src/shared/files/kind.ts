import type { Item, ItemFile } from "@/shared/api/types";

export type FileKind = "picture" | "sound" | "table" | "archive" | "calendar" | "text" | "other";

const ENDINGS: Record<string, FileKind> = {
  csv: "table",
  tsv: "table",
  xlsx: "table",
  xls: "table",
  zip: "archive",
  gz: "archive",
  tar: "archive",
  ics: "calendar",
  txt: "text",
  md: "text",
  log: "text",
  json: "text",
  jsonl: "text",
  xml: "text",
  html: "text",
  pdf: "text",
};

/** What a file is by the look of its name and type: it chooses an icon and no more. */
export function kindOf({ name, media_type }: ItemFile): FileKind {
  const [family] = media_type.split("/", 1);
  if (family === "image") return "picture";
  if (family === "audio") return "sound";
  const ending = name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).toLowerCase() : "";
  return ENDINGS[ending] ?? (family === "text" ? "text" : "other");
}

/** A long name without its middle: its begin and its ending tell files apart. */
export function shortName(name: string, most = 32): string {
  const characters = [...name];
  if (characters.length <= most) return name;
  const tail = Math.min(12, Math.floor(most / 2));
  return `${characters.slice(0, most - tail - 1).join("")}…${characters.slice(-tail).join("")}`;
}

interface FileOfItem {
  /** The item's place on the page, from 0. */
  item: number;
  /** What the item calls the file. */
  as: string;
  file: ItemFile;
}

export function filesOf(items: readonly Item[]): FileOfItem[] {
  return items.flatMap(({ files }, item) =>
    Object.entries(files ?? {}).map(([as, file]) => ({ item, as, file })),
  );
}
