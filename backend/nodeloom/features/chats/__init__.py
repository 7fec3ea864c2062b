"""core.chat: hosted pages to talk with a workflow."""
