"""A stranger's connector, installed as a package of its own beside the product: found by its entry point, as any is."""

from pathlib import Path


def install_connector(folder: Path, name: str, source: str) -> Path:
    """Write a distribution whose module `stranger_<name>` exports `connector`; `folder` has to be on the path."""
    module = f"stranger_{name}"
    (folder / f"{module}.py").write_text(source)
    info = folder / f"{module}-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {module.replace('_', '-')}\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[nodeloom.connectors]\n{name} = {module}:connector\n")
    return folder
