"""What a model wrote, held against the articles: read as it comes (`draft`), judged (`support`)."""
