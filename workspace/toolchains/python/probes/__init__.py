"""Scripts that run inside the project's own interpreter, 3.8 or later, with nothing but the standard library.

Their folder goes on PYTHONPATH, so each has a name that no project has.
"""
