/** A sentence from the server; what stands between backticks in it is set as code. */
export function Prose({ text }: { text: string }) {
  return text.split("`").map((part, index) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position
    index % 2 === 1 ? <code key={index}>{part}</code> : part,
  );
}
