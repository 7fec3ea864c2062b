"""Fixtures that every kind of test may use; each starts only what is asked for."""

pytest_plugins = ("tests.support.redis", "tests.support.postgres", "tests.support.database")
