"""core.form: hosted pages that ask, and what they take in."""
