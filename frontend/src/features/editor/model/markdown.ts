/** The little Markdown of sticky notes: headings, lists, bold, italic, code and web links. All else is text as it stands. */

export type Span =
  | { kind: "text" | "bold" | "italic" | "code"; text: string }
  | { kind: "link"; text: string; href: string };

export interface Block {
  readonly kind: "heading" | "paragraph" | "list";
  readonly lines: Span[][];
}

const LINE_KINDS = [
  ["heading", /^#{1,6}\s+(.*)$/],
  ["list", /^\s*[-*]\s+(.*)$/],
] as const;

export function readMarkdown(source: string): Block[] {
  const blocks: Block[] = [];
  let open: Block | null = null;
  for (const line of source.split(/\r?\n/)) {
    if (line.trim() === "") {
      open = null;
      continue;
    }
    const { kind, text } = kindOf(line);
    if (open?.kind === kind && kind !== "heading") {
      open.lines.push(spans(text));
      continue;
    }
    const block: Block = { kind, lines: [spans(text)] };
    blocks.push(block);
    open = block;
  }
  return blocks;
}

function kindOf(line: string): { kind: Block["kind"]; text: string } {
  for (const [kind, pattern] of LINE_KINDS) {
    const match = pattern.exec(line);
    if (match) return { kind, text: match[1] ?? "" };
  }
  return { kind: "paragraph", text: line };
}

const SPAN =
  /\*\*(?<bold>[^*]+)\*\*|\*(?<italic>[^*\s][^*]*)\*|`(?<code>[^`]+)`|\[(?<link>[^\]]+)\]\((?<href>https?:\/\/[^\s)]+)\)/g;

function spans(text: string): Span[] {
  const found: Span[] = [];
  let end = 0;
  for (const match of text.matchAll(SPAN)) {
    if (match.index > end) found.push({ kind: "text", text: text.slice(end, match.index) });
    found.push(spanOf(match.groups ?? {}));
    end = match.index + match[0].length;
  }
  if (end < text.length) found.push({ kind: "text", text: text.slice(end) });
  return found;
}

function spanOf({ bold, italic, code, link, href }: Record<string, string | undefined>): Span {
  if (bold !== undefined) return { kind: "bold", text: bold };
  if (italic !== undefined) return { kind: "italic", text: italic };
  if (code !== undefined) return { kind: "code", text: code };
  return { kind: "link", text: link ?? "", href: href ?? "" };
}
