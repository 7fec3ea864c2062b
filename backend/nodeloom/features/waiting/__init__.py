"""What waits: approvals with their pages, and the list of all of it."""
