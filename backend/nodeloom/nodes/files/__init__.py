"""Files as data: what readers and writers of each format share with core.extract_file and core.convert_file."""
