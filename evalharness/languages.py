"""The languages the harness knows, by BCP-47 code."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError

_TAG = re.compile(r"(?P<primary>[a-z]{2,3})(-[A-Z][a-z]{3})?(-([A-Z]{2}|\d{3}))?")


@dataclass(frozen=True)
class Language:
    """A language: its primary BCP-47 subtag (ISO 639) and its English name."""

    code: str
    name: str


# ISO 639-1, and the ISO 639-3 codes that FLORES-200 needs beyond it.
_NAMES = """
ace Acehnese
af Afrikaans
ak Akan
am Amharic
ar Arabic
arz Egyptian Arabic
as Assamese
ast Asturian
awa Awadhi
ay Aymara
az Azerbaijani
ba Bashkir
ban Balinese
be Belarusian
bem Bemba
bg Bulgarian
bho Bhojpuri
bjn Banjar
bm Bambara
bn Bengali
bo Tibetan
br Breton
bs Bosnian
bug Buginese
ca Catalan
ceb Cebuano
cjk Chokwe
ckb Central Kurdish
crh Crimean Tatar
cs Czech
cv Chuvash
cy Welsh
da Danish
de German
dik Southwestern Dinka
dyu Dyula
dz Dzongkha
ee Ewe
el Greek
en English
eo Esperanto
es Spanish
et Estonian
eu Basque
fa Persian
ff Fulah
fi Finnish
fj Fijian
fo Faroese
fon Fon
fr French
fur Friulian
fy Western Frisian
ga Irish
gd Scottish Gaelic
gl Galician
gn Guarani
gu Gujarati
ha Hausa
he Hebrew
hi Hindi
hne Chhattisgarhi
hr Croatian
ht Haitian Creole
hu Hungarian
hy Armenian
id Indonesian
ig Igbo
ilo Ilocano
is Icelandic
it Italian
ja Japanese
jv Javanese
ka Georgian
kab Kabyle
kac Jingpho
kam Kamba
kbp Kabiye
kea Kabuverdianu
kg Kongo
ki Kikuyu
kk Kazakh
km Khmer
kmb Kimbundu
kmr Northern Kurdish
kn Kannada
ko Korean
kr Kanuri
ks Kashmiri
ku Kurdish
ky Kyrgyz
la Latin
lb Luxembourgish
lg Ganda
li Limburgish
lij Ligurian
lmo Lombard
ln Lingala
lo Lao
lt Lithuanian
ltg Latgalian
lua Luba-Lulua
luo Luo
lus Mizo
lv Latvian
mag Magahi
mai Maithili
mg Malagasy
mi Maori
min Minangkabau
mk Macedonian
ml Malayalam
mn Mongolian
mni Manipuri
mos Mossi
mr Marathi
ms Malay
mt Maltese
my Burmese
nb Norwegian Bokmål
ne Nepali
nl Dutch
nn Norwegian Nynorsk
no Norwegian
nso Northern Sotho
nus Nuer
ny Nyanja
oc Occitan
om Oromo
or Odia
pa Punjabi
pag Pangasinan
pap Papiamento
pl Polish
ps Pashto
pt Portuguese
qu Quechua
rn Rundi
ro Romanian
ru Russian
rw Kinyarwanda
sa Sanskrit
sat Santali
sc Sardinian
scn Sicilian
sd Sindhi
se Northern Sami
sg Sango
shn Shan
si Sinhala
sk Slovak
sl Slovenian
sm Samoan
sn Shona
so Somali
sq Albanian
sr Serbian
ss Swati
st Southern Sotho
su Sundanese
sv Swedish
sw Swahili
szl Silesian
ta Tamil
te Telugu
tg Tajik
th Thai
ti Tigrinya
tk Turkmen
tl Tagalog
tn Tswana
to Tongan
tpi Tok Pisin
tr Turkish
ts Tsonga
tt Tatar
tum Tumbuka
tw Twi
tzm Central Atlas Tamazight
ug Uyghur
uk Ukrainian
umb Umbundu
ur Urdu
uz Uzbek
vec Venetian
vi Vietnamese
war Waray
wo Wolof
xh Xhosa
yi Yiddish
yo Yoruba
yue Cantonese
zh Chinese
zu Zulu
"""

LANGUAGES = {
    code: Language(code, name)
    for code, name in (line.split(" ", 1) for line in _NAMES.strip().splitlines())
}


def language(tag: str, *, where: str | None = None) -> Language:
    """Returns the language of a BCP-47 tag such as `tr`, `ar-EG` or `zh-Hans`.

    Args:
        tag: The tag; script and region are allowed and do not change the language.
        where: The option or folder the tag comes from, for the error.

    Raises:
        EvalHarnessError: The tag is malformed or its language unknown; names the nearest known.
    """
    match = _TAG.fullmatch(tag)
    if match and match["primary"] in LANGUAGES:
        return LANGUAGES[match["primary"]]
    raise EvalHarnessError(
        f"unknown language code {tag!r}", where=where, mend=f"the nearest known: {_nearest(tag)}"
    )


def _nearest(tag: str, count: int = 3) -> str:
    wanted = tag.lower()
    similarity = {
        found: max(
            difflib.SequenceMatcher(None, wanted, known).ratio()
            for known in (found.code, found.name.lower())
        )
        for found in LANGUAGES.values()
    }
    nearest = sorted(similarity, key=lambda found: (-similarity[found], found.code))[:count]
    return ", ".join(f"{found.code} ({found.name})" for found in nearest)


def sentence_separator(tag: str) -> str:
    """What stands between two sentences."""
    return " "
