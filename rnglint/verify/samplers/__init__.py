"""Programs that come with rnglint, to be run by `rnglint verify samplers`."""
