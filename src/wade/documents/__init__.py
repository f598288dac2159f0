"""What all documents share: the frame, style and mathematics font of a web page, and the escaping of names."""
