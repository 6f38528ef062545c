"""What is kept between runs: translations, judgements and embeddings, in journals.

`journal` is the file format: each process appends to a file of its own and reads everybody's.
`translations`, `judgements` and `embeddings` say what a line of each store holds.
"""
