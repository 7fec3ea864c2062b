/** Offers `value` as a file to keep. */
export function downloadJson(name: string, value: unknown): void {
  const url = URL.createObjectURL(
    new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: "application/json" }),
  );
  download(url, name);
  URL.revokeObjectURL(url);
}

/** Offers what lies at an address as a file to keep; the page stays where it is. */
export function download(url: string, name: string): void {
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
}

/** A file name of a title: "Big orders, thanked" -> "big-orders-thanked". */
export function fileNameOf(title: string): string {
  const plain = title.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  return plain.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "") || "workflow";
}
