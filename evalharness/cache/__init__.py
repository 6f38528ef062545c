"""What is kept between runs: translations, judgements and embeddings, in journals.

`journal` is the file format: each process appends to a file of its own and reads everybody's.
`journal_map` is the map in such a folder: values by key, and batches that can be taken back.
`translations`, `judgements` and `embeddings` say what a line of each store holds.
"""
