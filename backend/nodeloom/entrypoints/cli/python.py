"""`nodeloom python sync`: install the packages that full Python may import."""

from nodeloom.adapters.python_packages import PythonPackages, SyncFailed
from nodeloom.adapters.settings import Settings
from nodeloom.entrypoints.cli.refused import Refused


def sync(settings: Settings) -> int:
    packages = PythonPackages(settings.home)
    try:
        folder = packages.sync()
    except SyncFailed as failed:
        raise Refused(f"the packages of {packages.lock} could not be installed: {failed}") from None
    if folder is None:
        print(f"no packages are listed: write {packages.lock}, with hashes (uv pip compile --generate-hashes)")
        return 0
    forgotten = packages.forget_old()
    print(f"the packages of {packages.lock} are in {folder}" + (f"; {forgotten} old removed" if forgotten else ""))
    if settings.full_python == "off":
        print("full Python itself is switched off: NODELOOM_FULL_PYTHON=on switches it on")
    return 0
