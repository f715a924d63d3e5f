"""The sanitizer: watches the random numbers of a whole program, or of tests, while they run.

What it finds, and how it is built:

- **JAX's keys** are known by their bits (`ledger`). A record of bits sees a key again whatever
  it went through: copies, containers, files, arrays, functions. It takes raw `PRNGKey` arrays as
  they are; to put typed keys in their place would break programs that index, save or compare
  them. What makes the same bits anew, a seed or a split, makes a new key; clones may be repeated.
- The bits are read where JAX itself would check (`jax_hook`): each operation outside of compiled
  functions, and each call of one, goes through one function of JAX's own checker, in all versions
  that have the checker. No function that a program can see is replaced, so none can be missed
  because it was imported, compiled or wrapped early.
- **Inside a compiled function** there are no bits. Its jaxpr is read once (`reading`,
  `control_flow`), by rules like those of JAX's checker, which are JAX's own but know no raw keys
  and no places. What it does to its arguments is then applied to the bits of each call
  (`jaxprs`, `jax_keys`).
- **Places** come from the Python stack (`stack`). Frames are numbered while they run, so two
  uses of a key are told apart or found to be rounds of one loop by where their stacks part
  (`meeting`). What a library does within one call is its own affair.
- **Hidden global state**: the functions of `numpy.random` and `random` are replaced in their
  modules as soon as these are imported (`global_state`, `imports`).
- The program runs in a process of its own (`program`) and appends what is seen to a file; the
  parent (`command`) puts it in the codes and words of the static rules (`wording`) and leaves out
  what comments, settings, or those rules' knowledge of what is meant excuse (`keeping`).

A fault of ours never becomes one of the program: what cannot be watched is told in one line.
"""
