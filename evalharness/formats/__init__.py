"""Reading and writing the files that the field writes: plain text so far."""
