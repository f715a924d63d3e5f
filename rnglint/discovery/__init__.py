"""Arguments to files, and to the settings that hold for each."""
