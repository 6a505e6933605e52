"""Articles from elsewhere: pages, feeds and sitemaps of the web, and folders that are watched."""
