"""The sanitizer: watches the random numbers of a program, a whole one, while it runs."""
