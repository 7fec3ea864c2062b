"""Who changed what: one line of the trail for each change that others may ask about."""
