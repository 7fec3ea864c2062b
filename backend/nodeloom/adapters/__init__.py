"""The outside world, one file each: nothing here knows a business word."""
