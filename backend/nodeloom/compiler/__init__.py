"""A graph and a catalog become a plan, or a list of problems. No input or output happens here."""
