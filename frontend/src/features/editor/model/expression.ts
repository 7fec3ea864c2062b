import { isJsonObject, type JsonValue } from "./graph";

export interface Piece {
  readonly text: string;
  readonly expression: boolean;
}

const EXPRESSION = /\{\{[\s\S]*?\}\}/g;

export function hasExpression(value: JsonValue | undefined): boolean {
  return typeof value === "string" && value.includes("{{");
}

/** Cuts a template into plain text and `{{ … }}` pieces, for tinting. */
export function pieces(template: string): Piece[] {
  const found: Piece[] = [];
  let end = 0;
  for (const match of template.matchAll(EXPRESSION)) {
    if (match.index > end)
      found.push({ text: template.slice(end, match.index), expression: false });
    found.push({ text: match[0], expression: true });
    end = match.index + match[0].length;
  }
  if (end < template.length) found.push({ text: template.slice(end), expression: false });
  return found;
}

/** How an expression reads on a card: `{{ $json.body.total }}` is `body.total`. */
export function spoken(template: string): string {
  return pieces(template)
    .map((piece) => (piece.expression ? bare(piece.text.slice(2, -2).trim()) : piece.text))
    .join("");
}

function bare(source: string): string {
  return (
    source
      .replace(/^\$json\.?/, "")
      .replace(/\$\((['"])(.*?)\1\)(\.(item|first\(\)|last\(\)))?(\.json)?\.?/g, "$2 › ") || "item"
  );
}

/** Rewrites `$('Old')` to `$('New')` inside every expression of a value, however deep. */
export function renameInExpressions(
  value: JsonValue,
  titles: ReadonlyMap<string, string>,
): JsonValue {
  if (typeof value === "string")
    return value.includes("$(") ? renameInTemplate(value, titles) : value;
  if (Array.isArray(value)) return value.map((entry) => renameInExpressions(entry, titles));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, entry]) => [key, renameInExpressions(entry, titles)]),
  );
}

const REFERENCE = /\$\(\s*(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")\s*\)/g;

function renameInTemplate(template: string, titles: ReadonlyMap<string, string>): string {
  return template.replace(EXPRESSION, (expression) =>
    expression.replace(REFERENCE, (whole, single?: string, double?: string) => {
      const title = titles.get((single ?? double ?? "").replace(/\\(.)/g, "$1"));
      return title === undefined ? whole : `$('${title.replace(/[\\']/g, "\\$&")}')`;
    }),
  );
}
