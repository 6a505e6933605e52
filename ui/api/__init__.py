"""The HTTP interface for other programs, beside the page: `/api`, and `/v1` as OpenAI's API has it."""
