"""Language models: which there are by name (`llms`), and the one seam through which they write (`writer`)."""
