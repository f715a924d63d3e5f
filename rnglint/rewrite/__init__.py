"""How findings are repaired: the text edits that several rules share.

Like a rule, a rewrite reads `Facts` and never a tree. Unlike a rule it may be timid: where it
is not sure that the program is right afterwards, it makes no fix, and the finding stands alone.
"""
