"""English word forms, by rule but for the commonest exceptions."""

from __future__ import annotations

import re

# Past forms of verbs that take no -ed; a verb's first word is what inflects ("give up").
_PASTS = dict(
    re.findall(
        r"(\w+)/(\w+)",
        "be/was bear/bore become/became begin/began break/broke bring/brought build/built "
        "buy/bought catch/caught choose/chose come/came cut/cut do/did draw/drew drink/drank "
        "drive/drove eat/ate fall/fell feel/felt fight/fought find/found fly/flew forget/forgot "
        "get/got give/gave go/went grow/grew have/had hear/heard hit/hit hold/held hurt/hurt "
        "keep/kept know/knew lay/laid lead/led leave/left let/let lie/lay lose/lost make/made "
        "mean/meant meet/met pay/paid put/put read/read ride/rode ring/rang rise/rose run/ran "
        "say/said see/saw seek/sought sell/sold send/sent set/set shoot/shot show/showed shut/shut "
        "sing/sang sit/sat sleep/slept speak/spoke spend/spent spread/spread stand/stood "
        "steal/stole strike/struck swim/swam take/took teach/taught tell/told think/thought "
        "throw/threw understand/understood wear/wore win/won write/wrote ",
    )
)


def past(verb: str) -> str:
    """Past tense of an English verb or verb phrase, by rule but for the commonest irregulars."""
    head, space, rest = verb.partition(" ")
    if head in _PASTS or head in _PASTS.values():
        head = _PASTS.get(head, head)
    elif re.search("[^aeiou]y$", head):
        head = head[:-1] + "ied"
    elif not head.endswith("ed"):
        head = _doubled(head) + ("d" if head.endswith("e") else "ed")
    return head + space + rest


def gerund(verb: str) -> str:
    """The -ing form of an English verb or verb phrase."""
    head, space, rest = verb.partition(" ")
    if re.search("[^eoy]e$", head) and head != "be":
        head = head[:-2] + "y" if head.endswith("ie") else head[:-1]
    else:
        head = _doubled(head)
    return head + "ing" + space + rest


def _doubled(verb: str) -> str:
    """Double the last consonant of a verb of one short syllable, as in "stopped"."""
    return re.sub("^([^aeiou]*[aeiou])([bdgmnprt])$", r"\1\2\2", verb)


def plural(noun: str) -> str:
    """Regular plural of an English noun phrase; what ends in s is taken for a plural already."""
    if re.search("(s|people|men|children)$", noun):
        return noun
    if re.search("(ch|sh|x)$", noun):
        return noun + "es"
    return noun[:-1] + "ies" if re.search("[^aeiou]y$", noun) else noun + "s"
