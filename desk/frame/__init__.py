"""What all pages of the desk share.

routes        the addresses that belong to no section
pages         answers: whole pages, parts of pages, where to go on
errors        what a page says when it cannot be shown
failures      any error as an answer
visits        who looks at a page, and how
sign_in       signing in and out
provider      signing in by the word of a provider of identities
passwords     how they are kept, and which are too easy to guess
waiting       what somebody asked for and takes its time
audited       what somebody did, for the audit
guard         before every page: who is it, may he see it, does it come from a page of ours
roles         which role an address demands
cookies       what the browser keeps
headers       what every answer tells the browser to do
navigation    the sections as the menu shows them
templates     the environment of all templates
filters       values as readers of a language write them
translations  the desk's texts, and which language a browser wants
static        the style sheet, the scripts and the icon
charts        charts as SVG
axes          the axes of charts
scales        where values stand on an axis
elements      parts of SVG
"""
