"""The Library view of the page: what is in the library, how it gets in, and which of it is asked."""
