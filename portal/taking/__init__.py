"""Posts as readers take them along: cited, as one file, as an archive, presented."""
