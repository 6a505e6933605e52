"""Other systems than Citewell, held to the same cases: what they may answer, and how they are reached."""
