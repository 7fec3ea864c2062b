class ReadOnlyCell:
    value: object
    number_format: str
