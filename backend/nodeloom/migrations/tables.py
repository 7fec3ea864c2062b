"""All tables of the program: importing the models registers them."""

import importlib
import pkgutil

from sqlalchemy import MetaData

from nodeloom import features
from nodeloom.adapters.columns import metadata


def all_tables() -> MetaData:
    for feature in pkgutil.iter_modules(features.__path__, f"{features.__name__}."):
        if any(
            module.name == "models" for module in pkgutil.iter_modules(importlib.import_module(feature.name).__path__)
        ):
            importlib.import_module(f"{feature.name}.models")
    return metadata
