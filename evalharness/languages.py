"""The languages the harness knows: BCP-47 tag, English name, and each model family's code."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from evalharness.errors import EvalHarnessError

_TAG = re.compile(r"(?P<primary>[a-z]{2,3})(-(?P<script>[A-Z][a-z]{3}))?(-([A-Z]{2}|\d{3}))?")


@dataclass(frozen=True)
class Language:
    """A language: its primary BCP-47 subtag (ISO 639) and its English name."""

    code: str
    name: str


UNDETERMINED = Language("und", "undetermined language")
"""BCP-47's `und`: texts are scored in it, and no system translates it."""

# Every language of NLLB-200, M2M100 (and SMaLL-100, which has its codes), mBART-50 and SeamlessM4T
# v2 large, and those of ISO 639-1 that MADLAD-400 adds; some 200 more of MADLAD-400's have no row.
# A primary tag stands for the script of its NLLB code, another script has a row of its own.
# `= tag` takes the codes of that row: another name of the language, or a region that writes so.
#
# nllb, m2m100, mbart50: FAIRSEQ_LANGUAGE_CODES of the transformers tokenizers. seamless: languages
# with text as source and target in docs/m4t/README.md of facebookresearch/seamless_communication.
# madlad400: languages of the paper's appendix (arXiv 2309.04662, as on the model card of
# google/madlad400-3b-mt) whose `<2..>` token is in the vocabulary. So not yue and cjk, which have
# no token, nor arz, nn, prs, zh_Hant and more, which are only tokens; nor crh, which may be
# Cyrillic: the vocabulary has crh_Latn beside it.
_TABLE = """
tag       name                      nllb      m2m100  mbart50  madlad400  seamless
ace       Acehnese                  ace_Latn  -       -        ace        -
ace-Arab  Acehnese (Arabic script)  ace_Arab  -       -        -          -
acm       Mesopotamian Arabic       acm_Arab  -       -        -          -
acq       Ta'izzi-Adeni Arabic      acq_Arab  -       -        -          -
aeb       Tunisian Arabic           aeb_Arab  -       -        -          -
af        Afrikaans                 afr_Latn  af      af_ZA    af         afr
ajp       South Levantine Arabic    ajp_Arab  -       -        -          -
ak        Akan                      aka_Latn  -       -        ak         -
am        Amharic                   amh_Ethi  am      -        am         amh
apc       North Levantine Arabic    apc_Arab  -       -        -          -
ar        Arabic                    arb_Arab  ar      ar_AR    ar         arb
ars       Najdi Arabic              ars_Arab  -       -        -          -
ary       Moroccan Arabic           ary_Arab  -       -        -          ary
arz       Egyptian Arabic           arz_Arab  -       -        -          arz
as        Assamese                  asm_Beng  -       -        as         asm
ast       Asturian                  ast_Latn  ast     -        -          -
av        Avaric                    -         -       -        av         -
awa       Awadhi                    awa_Deva  -       -        awa        -
ay        Aymara                    ayr_Latn  -       -        ay         -
az        Azerbaijani               azj_Latn  az      az_AZ    az         azj
azb       South Azerbaijani         azb_Arab  -       -        -          -
ba        Bashkir                   bak_Cyrl  ba      -        ba         -
ban       Balinese                  ban_Latn  -       -        ban        -
be        Belarusian                bel_Cyrl  be      -        be         bel
bem       Bemba                     bem_Latn  -       -        -          -
bg        Bulgarian                 bul_Cyrl  bg      -        bg         bul
bho       Bhojpuri                  bho_Deva  -       -        bho        -
bi        Bislama                   -         -       -        bi         -
bjn       Banjar                    bjn_Latn  -       -        -          -
bjn-Arab  Banjar (Arabic script)    bjn_Arab  -       -        -          -
bm        Bambara                   bam_Latn  -       -        bm         -
bn        Bengali                   ben_Beng  bn      bn_IN    bn         ben
bo        Tibetan                   bod_Tibt  -       -        bo         -
br        Breton                    -         br      -        br         -
bs        Bosnian                   bos_Latn  bs      -        bs         bos
bug       Buginese                  bug_Latn  -       -        -          -
ca        Catalan                   cat_Latn  ca      -        ca         cat
ce        Chechen                   -         -       -        ce         -
ceb       Cebuano                   ceb_Latn  ceb     -        ceb        ceb
ch        Chamorro                  -         -       -        ch         -
cjk       Chokwe                    cjk_Latn  -       -        -          -
ckb       Central Kurdish           ckb_Arab  -       -        ckb        ckb
co        Corsican                  -         -       -        co         -
crh       Crimean Tatar             crh_Latn  -       -        -          -
cs        Czech                     ces_Latn  cs      cs_CZ    cs         ces
cv        Chuvash                   -         -       -        cv         -
cy        Welsh                     cym_Latn  cy      -        cy         cym
da        Danish                    dan_Latn  da      -        da         dan
de        German                    deu_Latn  de      de_DE    de         deu
dik       Southwestern Dinka        dik_Latn  -       -        din        -
dv        Dhivehi                   -         -       -        dv         -
dyu       Dyula                     dyu_Latn  -       -        dyu        -
dz        Dzongkha                  dzo_Tibt  -       -        dz         -
ee        Ewe                       ewe_Latn  -       -        ee         -
el        Greek                     ell_Grek  el      -        el         ell
en        English                   eng_Latn  en      en_XX    en         eng
eo        Esperanto                 epo_Latn  -       -        eo         -
es        Spanish                   spa_Latn  es      es_XX    es         spa
et        Estonian                  est_Latn  et      et_EE    et         est
eu        Basque                    eus_Latn  -       -        eu         eus
fa        Persian                   pes_Arab  fa      fa_IR    fa         pes
ff        Fulah                     fuv_Latn  ff      -        ff         fuv
fi        Finnish                   fin_Latn  fi      fi_FI    fi         fin
fil       Filipino                  = tl
fj        Fijian                    fij_Latn  -       -        fj         -
fo        Faroese                   fao_Latn  -       -        fo         -
fon       Fon                       fon_Latn  -       -        fon        -
fr        French                    fra_Latn  fr      fr_XX    fr         fra
fur       Friulian                  fur_Latn  -       -        -          -
fy        Western Frisian           -         fy      -        fy         -
ga        Irish                     gle_Latn  ga      -        ga         gle
gd        Scottish Gaelic           gla_Latn  gd      -        gd         -
gl        Galician                  glg_Latn  gl      gl_ES    gl         glg
gn        Guarani                   grn_Latn  -       -        gn         -
gu        Gujarati                  guj_Gujr  gu      gu_IN    gu         guj
gv        Manx                      -         -       -        gv         -
ha        Hausa                     hau_Latn  ha      -        ha         -
he        Hebrew                    heb_Hebr  he      he_IL    he         heb
hi        Hindi                     hin_Deva  hi      hi_IN    hi         hin
hne       Chhattisgarhi             hne_Deva  -       -        hne        -
ho        Hiri Motu                 -         -       -        ho         -
hr        Croatian                  hrv_Latn  hr      hr_HR    hr         hrv
ht        Haitian Creole            hat_Latn  ht      -        ht         -
hu        Hungarian                 hun_Latn  hu      -        hu         hun
hy        Armenian                  hye_Armn  hy      -        hy         hye
id        Indonesian                ind_Latn  id      id_ID    id         ind
ig        Igbo                      ibo_Latn  ig      -        ig         ibo
ilo       Ilocano                   ilo_Latn  ilo     -        ilo        -
is        Icelandic                 isl_Latn  is      -        is         isl
it        Italian                   ita_Latn  it      it_IT    it         ita
iu        Inuktitut                 -         -       -        iu         -
ja        Japanese                  jpn_Jpan  ja      ja_XX    ja         jpn
jv        Javanese                  jav_Latn  jv      -        jv         jav
ka        Georgian                  kat_Geor  ka      ka_GE    ka         kat
kab       Kabyle                    kab_Latn  -       -        -          -
kac       Jingpho                   kac_Latn  -       -        kac        -
kam       Kamba                     kam_Latn  -       -        -          -
kbp       Kabiye                    kbp_Latn  -       -        kbp        -
kea       Kabuverdianu              kea_Latn  -       -        -          -
kg        Kongo                     kon_Latn  -       -        kg         -
ki        Kikuyu                    kik_Latn  -       -        -          -
kj        Kuanyama                  -         -       -        kj         -
kk        Kazakh                    kaz_Cyrl  kk      kk_KZ    kk         kaz
kl        Kalaallisut               -         -       -        kl         -
km        Khmer                     khm_Khmr  km      km_KH    km         khm
kmb       Kimbundu                  kmb_Latn  -       -        kmb        -
kmr       Northern Kurdish          kmr_Latn  -       -        ku         -
kn        Kannada                   kan_Knda  kn      -        kn         kan
ko        Korean                    kor_Hang  ko      ko_KR    ko         kor
kr        Kanuri                    knc_Latn  -       -        -          -
kr-Arab   Kanuri (Arabic script)    knc_Arab  -       -        -          -
ks        Kashmiri                  kas_Arab  -       -        ks         -
ks-Deva   Kashmiri (Devanagari)     kas_Deva  -       -        -          -
ku        Kurdish                   = kmr
kv        Komi                      -         -       -        kv         -
kw        Cornish                   -         -       -        kw         -
ky        Kyrgyz                    kir_Cyrl  -       -        ky         kir
la        Latin                     -         -       -        la         -
lb        Luxembourgish             ltz_Latn  lb      -        lb         -
lg        Ganda                     lug_Latn  lg      -        lg         lug
li        Limburgish                lim_Latn  -       -        -          -
lij       Ligurian                  lij_Latn  -       -        -          -
lmo       Lombard                   lmo_Latn  -       -        -          -
ln        Lingala                   lin_Latn  ln      -        ln         -
lo        Lao                       lao_Laoo  lo      -        lo         lao
lt        Lithuanian                lit_Latn  lt      lt_LT    lt         lit
ltg       Latgalian                 ltg_Latn  -       -        ltg        -
lu        Luba-Katanga              -         -       -        lu         -
lua       Luba-Lulua                lua_Latn  -       -        -          -
luo       Luo                       luo_Latn  -       -        -          luo
lus       Mizo                      lus_Latn  -       -        lus        -
lv        Latvian                   lvs_Latn  lv      lv_LV    lv         lvs
mag       Magahi                    mag_Deva  -       -        mag        -
mai       Maithili                  mai_Deva  -       -        mai        mai
mg        Malagasy                  plt_Latn  mg      -        mg         -
mh        Marshallese               -         -       -        mh         -
mi        Maori                     mri_Latn  -       -        mi         -
min       Minangkabau               min_Latn  -       -        min        -
mk        Macedonian                mkd_Cyrl  mk      mk_MK    mk         mkd
ml        Malayalam                 mal_Mlym  ml      ml_IN    ml         mal
mn        Mongolian                 khk_Cyrl  mn      mn_MN    mn         khk
mni       Manipuri                  mni_Beng  -       -        mni        mni
mos       Mossi                     mos_Latn  -       -        -          -
mr        Marathi                   mar_Deva  mr      mr_IN    mr         mar
ms        Malay                     zsm_Latn  ms      -        ms         zsm
mt        Maltese                   mlt_Latn  -       -        mt         mlt
my        Burmese                   mya_Mymr  my      my_MM    my         mya
nb        Norwegian Bokmål          nob_Latn  no      -        no         nob
ne        Nepali                    npi_Deva  ne      ne_NP    ne         npi
nl        Dutch                     nld_Latn  nl      nl_XX    nl         nld
nn        Norwegian Nynorsk         nno_Latn  -       -        -          nno
no        Norwegian                 = nb
nr        South Ndebele             -         -       -        nr         -
nso       Northern Sotho            nso_Latn  ns      -        nso        -
nus       Nuer                      nus_Latn  -       -        -          -
nv        Navajo                    -         -       -        nv         -
ny        Nyanja                    nya_Latn  -       -        ny         nya
oc        Occitan                   oci_Latn  oc      -        oc         -
oj        Ojibwa                    -         -       -        oj         -
om        Oromo                     gaz_Latn  -       -        om         gaz
or        Odia                      ory_Orya  or      -        or         ory
os        Ossetian                  -         -       -        os         -
pa        Punjabi                   pan_Guru  pa      -        pa         pan
pag       Pangasinan                pag_Latn  -       -        pag        -
pap       Papiamento                pap_Latn  -       -        pap        -
pl        Polish                    pol_Latn  pl      pl_PL    pl         pol
prs       Dari                      prs_Arab  -       -        -          -
ps        Pashto                    pbt_Arab  ps      ps_AF    ps         pbt
pt        Portuguese                por_Latn  pt      pt_XX    pt         por
qu        Quechua                   quy_Latn  -       -        qu         -
rm        Romansh                   -         -       -        rm         -
rn        Rundi                     run_Latn  -       -        rn         -
ro        Romanian                  ron_Latn  ro      ro_RO    ro         ron
ru        Russian                   rus_Cyrl  ru      ru_RU    ru         rus
rw        Kinyarwanda               kin_Latn  -       -        rw         -
sa        Sanskrit                  san_Deva  -       -        sa         -
sat       Santali                   sat_Beng  -       -        -          -
sc        Sardinian                 srd_Latn  -       -        -          -
scn       Sicilian                  scn_Latn  -       -        -          -
sd        Sindhi                    snd_Arab  sd      -        sd         snd
se        Northern Sami             -         -       -        se         -
sg        Sango                     sag_Latn  -       -        sg         -
shn       Shan                      shn_Mymr  -       -        shn        -
si        Sinhala                   sin_Sinh  si      si_LK    si         -
sk        Slovak                    slk_Latn  sk      -        sk         slk
sl        Slovenian                 slv_Latn  sl      sl_SI    sl         slv
sm        Samoan                    smo_Latn  -       -        sm         -
sn        Shona                     sna_Latn  -       -        sn         sna
so        Somali                    som_Latn  so      -        so         som
sq        Albanian                  als_Latn  sq      -        sq         -
sr        Serbian                   srp_Cyrl  sr      -        sr         srp
ss        Swati                     ssw_Latn  ss      -        ss         -
st        Southern Sotho            sot_Latn  -       -        st         -
su        Sundanese                 sun_Latn  su      -        su         -
sv        Swedish                   swe_Latn  sv      sv_SE    sv         swe
sw        Swahili                   swh_Latn  sw      sw_KE    sw         swh
szl       Silesian                  szl_Latn  -       -        -          -
ta        Tamil                     tam_Taml  ta      ta_IN    ta         tam
taq       Tamasheq                  taq_Latn  -       -        -          -
taq-Tfng  Tamasheq (Tifinagh)       taq_Tfng  -       -        -          -
te        Telugu                    tel_Telu  -       te_IN    te         tel
tg        Tajik                     tgk_Cyrl  -       -        tg         tgk
th        Thai                      tha_Thai  th      th_TH    th         tha
ti        Tigrinya                  tir_Ethi  -       -        ti         -
tk        Turkmen                   tuk_Latn  -       -        tk         -
tl        Tagalog                   tgl_Latn  tl      tl_XX    fil        tgl
tn        Tswana                    tsn_Latn  tn      -        tn         -
to        Tongan                    -         -       -        to         -
tpi       Tok Pisin                 tpi_Latn  -       -        -          -
tr        Turkish                   tur_Latn  tr      tr_TR    tr         tur
ts        Tsonga                    tso_Latn  -       -        ts         -
tt        Tatar                     tat_Cyrl  -       -        tt         -
tum       Tumbuka                   tum_Latn  -       -        -          -
tw        Twi                       twi_Latn  -       -        -          -
tzm       Central Atlas Tamazight   tzm_Tfng  -       -        -          -
ug        Uyghur                    uig_Arab  -       -        ug         -
uk        Ukrainian                 ukr_Cyrl  uk      uk_UA    uk         ukr
umb       Umbundu                   umb_Latn  -       -        -          -
ur        Urdu                      urd_Arab  ur      ur_PK    ur         urd
uz        Uzbek                     uzn_Latn  uz      -        uz         uzn
ve        Venda                     -         -       -        ve         -
vec       Venetian                  vec_Latn  -       -        vec        -
vi        Vietnamese                vie_Latn  vi      vi_VN    vi         vie
wa        Walloon                   -         -       -        wa         -
war       Waray                     war_Latn  -       -        war        -
wo        Wolof                     wol_Latn  wo      -        wo         -
xh        Xhosa                     xho_Latn  xh      xh_ZA    xh         -
yi        Yiddish                   ydd_Hebr  yi      -        yi         -
yo        Yoruba                    yor_Latn  yo      -        yo         yor
yue       Cantonese                 yue_Hant  -       -        -          yue
zh        Chinese                   zho_Hans  zh      zh_CN    zh         cmn
zh-HK     Chinese (Hong Kong)       = zh-Hant
zh-Hant   Chinese (Traditional)     zho_Hant  -       -        -          cmn_Hant
zh-MO     Chinese (Macao)           = zh-Hant
zh-TW     Chinese (Taiwan)          = zh-Hant
zu        Zulu                      zul_Latn  zu      -        zu         zul
"""

# Where the NLLB code does not name the script as BCP-47 does. Its Santali is written in Ol Chiki
# despite sat_Beng (https://github.com/facebookresearch/flores/issues/52); Kore is Hangul and Han.
_SCRIPTS = {"ko": ["Hang", "Kore"], "sat": ["Olck"]}

# Written without a space after the full stop. Thai, Lao, Khmer, Burmese and Tibetan, which do not
# divide words, do put one between sentences.
_UNSPACED = {"ja", "yue", "zh"}

_HEAD, *_ROWS = (re.split(" {2,}", line) for line in _TABLE.strip().splitlines())

LANGUAGES = {tag: Language(tag.partition("-")[0], name) for tag, name, *_ in _ROWS}

_SAME_AS = {tag: first[2:] for tag, _, first, *_ in _ROWS if first.startswith("= ")}

_CODES = {
    family: {row[0]: row[column] for row in _ROWS if row[0] not in _SAME_AS and row[column] != "-"}
    for column, family in enumerate(_HEAD[2:], start=2)
}


def language(tag: str, *, where: str | None = None) -> Language:
    """Returns the language of a BCP-47 tag such as `tr`, `ar-EG` or `zh-Hant`.

    Args:
        tag: The tag. Script and region are allowed; they change the name where the table has a row
            for them, and never the code.
        where: The option or folder the tag comes from, for the error.

    Raises:
        EvalHarnessError: The tag is malformed or its language unknown; names the nearest known.
    """
    if tag == UNDETERMINED.code:
        return UNDETERMINED
    row = _row(tag)
    if row is not None:
        return LANGUAGES[row]
    raise EvalHarnessError(
        f"unknown language code {tag!r}", where=where, mend=f"the nearest known: {_nearest(tag)}"
    )


def family_code(tag: str, family: str) -> str | None:
    """Returns a model family's own code for a BCP-47 tag.

    The longest part of the tag that has a row counts: the tag itself, its language and script, its
    language. A region without a row does not change the language (`ar-EG` is `arb_Arab`); a script
    without one must be the script the language's row is known to stand for.

    Args:
        tag: The tag, such as `tr`, `pt-BR` or `zh-Hant`.
        family: `nllb`, `m2m100` (for SMaLL-100 too), `mbart50`, `madlad400` (`tr` is its `<2tr>`)
            or `seamless`.

    Returns:
        The code, or None if the family does not have the language in this script.

    Raises:
        KeyError: There is no such family.
    """
    codes = _CODES[family]
    return codes.get(spellings(tag)[-1])


def family_languages(family: str) -> tuple[str, ...]:
    """Returns the BCP-47 tags a model family has a code for, sorted, one tag per code.

    Args:
        family: As in `family_code`.

    Raises:
        KeyError: There is no such family.
    """
    return tuple(sorted(_CODES[family]))


def spellings(tag: str) -> tuple[str, ...]:
    """Returns a tag and the broader ones of its language in its script, the narrowest first.

    `ar-EG` is also `ar`, `zh-TW` also `zh-Hant` but not `zh`, `sr-Latn` nothing else.

    Args:
        tag: The tag, such as `tr`, `pt-BR` or `zh-Hant`.
    """
    row = _row(tag)
    if row is None:
        return (tag,)
    row_of_codes = _SAME_AS.get(row, row)
    if _script(tag) not in (None, _script(row), *_scripts(row_of_codes)):
        return (tag,)
    return tuple(dict.fromkeys((tag, row, row_of_codes)))


def sentence_separator(tag: str) -> str:
    """Returns what stands between two sentences of a text: a space, or nothing in Chinese.

    Args:
        tag: BCP-47 tag of the text's language.

    Raises:
        EvalHarnessError: The tag is malformed or its language unknown.
    """
    is_unspaced = language(tag).code in _UNSPACED and _script(tag) != "Latn"
    return "" if is_unspaced else " "


def _row(tag: str) -> str | None:
    match = _TAG.fullmatch(tag)
    if match is None:
        return None
    parts = (tag, f"{match['primary']}-{match['script']}", match["primary"])
    return next((part for part in parts if part in LANGUAGES), None)


def _script(tag: str) -> str | None:
    match = _TAG.fullmatch(tag)
    return match["script"] if match else None


def _scripts(row: str) -> list[str]:
    return _SCRIPTS.get(row) or _CODES["nllb"].get(row, "").split("_")[1:]


def _nearest(tag: str, count: int = 3) -> str:
    wanted = tag.lower()
    similarity = {
        known: max(
            difflib.SequenceMatcher(None, wanted, text).ratio()
            for text in (known.lower(), found.name.lower())
        )
        for known, found in LANGUAGES.items()
    }
    nearest = sorted(similarity, key=lambda known: (-similarity[known], known))[:count]
    return ", ".join(f"{known} ({LANGUAGES[known].name})" for known in nearest)
