"""A plan and what has happened so far become what happens next. No input or output happens here."""
