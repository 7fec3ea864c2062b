"""Small files and small functions: one idea each."""

from tests.architecture.source import functions, text, written_by_hand

LONGEST_FILE = 400
LONGEST_FUNCTION = 60


def test_files_stay_small() -> None:
    lengths = {path: len(text(path).splitlines()) for path in written_by_hand(".py", ".ts", ".tsx", ".css", ".js")}
    assert len(lengths) > 300, "the rule sees the repository"
    assert {str(path): length for path, length in lengths.items() if length > LONGEST_FILE} == {}


def test_functions_stay_small() -> None:
    too_long = {
        f"{path}:{function.lineno} {function.name}": length
        for path in written_by_hand(".py")
        for function in functions(path)
        if (length := (function.end_lineno or function.lineno) - function.lineno + 1) > LONGEST_FUNCTION
    }
    assert too_long == {}
