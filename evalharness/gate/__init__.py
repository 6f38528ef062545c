"""The gate: non-inferiority to a committed baseline.

`assess` holds a `candidate` to `baselines`, with `margins` and `limits`, `rate_questions` for
checks, and `verdicts` for the statistics; `update` writes a baseline. `report` is what comes out,
`gate_page` shows it, `junit` writes it for CI systems, and `reasons` has the words of both.
"""
