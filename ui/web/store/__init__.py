"""What the page keeps on the server: conversations, what users say of answers, and who is who."""
