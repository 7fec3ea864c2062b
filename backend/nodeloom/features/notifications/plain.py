"""Text that any database and any mail server takes."""


def plain(text: str, longest: int) -> str:
    """Without control characters and half surrogate pairs: an error message may hold anything."""
    kept = "".join(letter for letter in text[: 2 * longest] if letter == "\n" or letter.isprintable())
    kept = kept.encode("utf-8", "replace").decode()
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"
