"""The commands, a file each.

`score_arguments` reads the flags of `score`; `words` puts the words of a command line in order;
`choices` finds what `list` shows.
"""
