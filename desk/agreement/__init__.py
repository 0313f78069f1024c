"""Where the hub and the books disagree, down to the documents.

routes   the addresses of this section
found    what the last comparison of a base found, with names
figures  figures that differ, and what they sum to
words    states, verdicts and figures in people's words
asking   compare now and repair: what a run is asked for, and how far it is
periods  agreed periods, what changed in them, and taking a change as agreed
"""
