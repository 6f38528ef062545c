"""Runs a page's blocks of Python as a notebook: python .ci/notebook.py PAGE.

It needs nbclient and ipykernel. The kernel is this interpreter.
"""

import re
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

_NOT_RUN = r"^<!-- not run: [^\n]*\n```python\n.*?^```$"
_PYTHON = r"^```python\n(.*?)^```$"

page = Path(sys.argv[1]).read_text(encoding="utf-8")
page = re.sub(_NOT_RUN, "", page, flags=re.MULTILINE | re.DOTALL)
blocks = re.findall(_PYTHON, page, flags=re.MULTILINE | re.DOTALL)
cells = [nbformat.v4.new_code_cell(block) for block in (*blocks, "print(scores)", "scores")]
notebook = nbformat.v4.new_notebook(cells=cells)
NotebookClient(notebook, kernel_name="python3", timeout=600).execute()

printed = "".join(output.get("text", "") for output in notebook.cells[-2].outputs)
shown = notebook.cells[-1].outputs[-1]["data"]
for table in (printed, shown["text/plain"], shown["text/html"]):
    assert "google" in table and "nllb" in table, table
sys.stdout.write(f"{sys.argv[1]}: {len(blocks)} blocks ran in a notebook\n")
