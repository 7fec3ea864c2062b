"""`nodeloom up`: everything on one machine under one process.

The supervisor lives as long as the product, so it stays small: it imports the standard library alone and
leaves settings and migrations to a child that ends when it is done (`prepare`).
"""
