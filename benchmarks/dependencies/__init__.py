"""How much of what real documents rest on is found in them, against labels written by hand.

`labels.json` has for each document of the test corpus that `choosing` picks the libraries, and the tables,
datasets and files, that a person finds in it. README.md says by which rules. Tune on the part "dev" only.
"""
