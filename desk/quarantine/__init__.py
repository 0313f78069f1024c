"""Records that need a person: look, edit, replay.

routes   the addresses of this section
held     what is held and why, with the bytes it came in
mending  correcting a record, trying again, settling by one's word
words    kinds of records in people's words
"""
