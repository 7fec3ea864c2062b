"""The HTTP side: puts the features' routes behind one shell."""
