r"""Texts that others wrote, made safe to show: one function for each place that shows them.

Names, notes, reasons, answers of servers and lines of files come from outside. Whatever shows one
calls a function of this module, or `terminal.plain`, which calls it.
"""

from __future__ import annotations

import html
import json
import re

# C0 and C1 controls, separators of lines and paragraphs, embeddings, overrides and isolates of
# the bidirectional algorithm (trojansource.codes), lone surrogates, and what XML 1.0 cannot hold.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u206f\ud800-\udfff\ufffe\uffff]")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}

# Commands of CI systems: GitHub's runner takes `::name` at the start of a line, white space aside,
# and `##[name]` anywhere in it (src/Runner.Common/ActionCommand.cs); Azure `##vso[`.
_AT_START = re.compile(r"^(\s*):(?=:)")
_ANYWHERE = re.compile(r"##(?=\w*\[)")

_MARKDOWN = re.compile(r"[\\`*_|<>\[\]~&$]|(?<=:)/(?=/)|(?<=www)\.")
_MARKDOWN_BLOCK = re.compile(r"^(\s*\d*)([#+=.)-])")

_LATEX = {
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "|": r"\textbar{}",
    "<": r"\textless{}",  # in LaTeX's own encoding of fonts the character is another one
    ">": r"\textgreater{}",
    "–": "--",
    "−": "$-$",
    "…": r"\ldots{}",
    "↑": r"$\uparrow$",
    "↓": r"$\downarrow$",
    **{character: rf"\{character}" for character in "&%$#_{}"},
}

_FORMULA = tuple("=+-@＝＋－＠")


def visible(text: str) -> str:
    r"""Returns a text as one line that moves no cursor, hides nothing and commands no CI system.

    Controls become escapes such as `\x1b`; letters of all scripts stay as they are. What comes out
    is also valid in XML 1.0. Applied twice it gives the same.
    """
    text = _UNSAFE.sub(_escape, text)
    return _ANYWHERE.sub(r"#\\#", _AT_START.sub(r"\1:\\", text))


def visible_lines(text: str) -> str:
    r"""Returns a text of several lines, each as `visible` gives it; only `\n` ends a line."""
    return "\n".join(map(visible, text.split("\n")))


def markdown_escape(text: str) -> str:
    """Returns a text that Markdown (CommonMark, GitHub's tables and links) shows as it is."""
    text = _MARKDOWN.sub(r"\\\g<0>", visible(text).strip())
    return _MARKDOWN_BLOCK.sub(r"\1\\\2", text)


def latex_escape(text: str) -> str:
    """Returns a text that LaTeX shows as it is."""
    return "".join(_LATEX.get(character, character) for character in visible(text))


def html_escape(text: str) -> str:
    """Returns a text that HTML shows as it is, between tags and in quoted attributes."""
    return html.escape(visible(text))


def csv_cell(text: str) -> str:
    """Returns a text that no spreadsheet takes for a formula; numbers are not to be given here.

    An apostrophe is put before what would be one (owasp.org, "CSV Injection").
    """
    text = visible(text)
    return f"'{text}" if text.startswith(_FORMULA) else text


def json_text(value: object) -> str:
    """Returns a value as indented JSON that a terminal and a CI system show without harm.

    It parses to the same value: what `visible` would escape is written as JSON's own escapes.
    """
    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False)
    lines = (_UNSAFE.sub(_json_escape, line) for line in text.split("\n"))
    return _ANYWHERE.sub(r"#\\u0023", "\n".join(lines)) + "\n"


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _SHORT.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _json_escape(match: re.Match[str]) -> str:
    return f"\\u{ord(match[0]):04x}"
