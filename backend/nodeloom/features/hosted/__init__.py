"""Pages that visitors use: how they look, who may come, how often. Forms and chats stand on it."""
