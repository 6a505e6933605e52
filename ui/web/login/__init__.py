"""The login that the page may ask for: its users, their sessions, and what stands before everything else."""
