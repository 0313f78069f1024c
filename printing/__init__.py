"""Statements and documents on paper and in spreadsheets: what is printed for people, and what they send back.

paper        who is on a statement, and in which language: what the books do not say
act          the model: rows and words, ready to print
rows         its two halves
wording      its words
shown        its text only, as page and PDF show it
document     an invoice, a note or a receipt, ready to print
kinds        what people call documents
checksum     what both sides can compare
catalogues   texts in Russian, Ukrainian and English
formats      numbers and dates by language
spelling     an amount in words
html         a fragment of a page
pdf          through Typst
xlsx         through XlsxWriter
cells        tables of XLSX and CSV files, as cells
columns      which of their columns mean what
amounts      numbers and dates as people write them
received     a statement that the counterparty sent
"""
