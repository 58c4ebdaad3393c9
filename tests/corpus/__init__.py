"""The corpus of bad inputs: a sound plan, one damage, and what an honest tool must say.

python -m tests.corpus              every case, the table, status 1 if a bad column is not 0
python -m tests.corpus --help       one kind, one case, the short subset, the table in docs
"""
