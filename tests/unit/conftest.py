"""Property tests are bound by the suite's own time-out: a deadline for each example fails on a busy machine."""

from hypothesis import settings

settings.register_profile("unit", deadline=None, max_examples=60)
settings.load_profile("unit")
