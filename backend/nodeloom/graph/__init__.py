"""The drawing as data: nodes, edges, settings, items and what is wrong with them. Imports nothing of ours."""
