"""Reading what the field writes: text, TSV, CSV, JSONL, WMT's XML.

`recognition` says which format a file is in, so that none is scored as what it is not. `text`,
`tables`, `xml` and `wmt_xml` read one format each; `columns` says what their columns are called.
`parallel` and `hypotheses` read sources with references, and outputs, from any of them.
"""

from evalharness.formats.recognition import Kind, recognise
from evalharness.formats.text import read_bytes

__all__ = ["Kind", "read_bytes", "recognise"]
