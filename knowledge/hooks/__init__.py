"""Hooks of the repositories. They run in git's processes, with the standard library alone."""
