"""Who may do what: people, workspaces, members with roles, sessions and API keys."""
