"""What runs inside a child process: the only modules that import jax or execute a program."""
