"""What bench/run and its kin are made of. Python's standard library only."""
