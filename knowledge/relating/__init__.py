"""Pure: which posts have to do with each other, how much, and how that is said.

Values in, values out; what is read from and written to the database is in knowledge/pipeline/relating.py and
citing.py.
"""
