"""The web chat: questions on the left, the articles' own words on the right."""
