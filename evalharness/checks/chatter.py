"""What chat models say about a translation, in the languages that they answer in: patterns."""

from __future__ import annotations

import re

_NAMED = r"(?:[^\W\d_]+[ \-])?"  # a word before "translation", such as the language
_COLON = r"\s*[:：]"
_START = r"^[\W_]*"

# A label before the translation: "Translation:", "**English translation:**", "Çeviri:".
_LABELS = "|".join(
    (
        rf"(?:the )?{_NAMED}translat(?:ion|ed (?:text|version|sentence))"
        r"(?: (?:in|into|to|of|from) [^:\n]{1,60}| \([^)\n]{1,30}\))?(?: is)?",
        rf"(?:die )?{_NAMED}übersetzung(?: (?:ins|in|auf) [^:\n]{{1,40}})?(?: lautet)?",
        r"(?:la )?traduction(?: (?:en|du) [^:\n]{1,40})?(?: est)?",
        r"(?:la )?traducción(?: (?:al|en|del) [^:\n]{1,40})?(?: es)?",
        r"(?:la )?traduzione(?: (?:in|dal) [^:\n]{1,40})?",
        r"(?:a )?tradução(?: (?:para|em|do) [^:\n]{1,40})?",
        r"(?:de )?vertaling",
        rf"(?:{_NAMED})?(?:çevirisi|çeviri|tercümesi|tercüme)",
        r"(?:الترجمة|ترجمة|ترجمه)(?: [^:\n]{1,40})?",
        rf"{_NAMED}(?:перевод|переклад)(?: на [^:\n]{{1,40}})?",
        r"tłumaczenie|překlad|preklad|fordítás|traducerea?|översättning|oversettelse|oversættelse",
        r"अनुवाद|번역|翻[译譯]|[译譯]文|翻訳|訳文|和訳|英訳|bản dịch|terjemahan",
    )
)

# An announcement: "Sure! Here is the translation", "Voici la traduction", "以下是翻译".
_ANNOUNCED = "|".join(
    (
        rf"here(?:'s|’s| is) (?:the|a|my|your) {_NAMED}{_NAMED}translat(?:ion|ed)",
        r"(?:sure|certainly|of course|absolutely)[,!.]? (?:here|i can|i'd|i’d|i'll|i’ll|let me)",
        r"hier (?:ist|die|folgt) (?:die |eine |deine |ihre )?(?:[^\W\d_]+ )?übersetzung",
        r"voici (?:la|une|votre) (?:[^\W\d_]+ )?traduction",
        r"aquí (?:está|tienes|tiene) (?:la|una) traducción",
        r"ecco la traduzione|aqui está a tradução|hier is de vertaling|oto tłumaczenie",
        r"zde je překlad|tu je preklad|íme a fordítás|iată traducerea|här är översättningen",
        r"işte (?:[^\W\d_]+ ){0,3}çeviri(?:si)?\b",
        r"(?:إليك|إليكم|هذه هي|فيما يلي) (?:ال)?ترجمة",
        r"(?:вот|ось) (?:ваш |мой )?(?:перевод|переклад)",
        r"以下(?:是|为|為).{0,20}?(?:翻[译譯]|[译譯]文)|以下は.{0,20}?(?:翻訳|訳)",
        r"다음은 .{0,20}?번역",
    )
)
OPENING = re.compile(rf"{_START}(?:(?:{_LABELS})[*_]*{_COLON}|{_ANNOUNCED})", re.IGNORECASE)

# A refusal or a question back, within the first words.
_REFUSED = "|".join(
    (
        r"(?:i cannot|i can't|i can’t|i can not|i am unable to|i'm unable to|i’m unable to|"
        r"i am not able to|i'm not able to|i won't|i’m not able to) "
        r"(?:translate|provide (?:a|the|you with a|this) (?:[^\W\d_]+ )?translation|"
        r"(?:assist|help) (?:you )?with (?:this|that|the) (?:request|translation|text))",
        r"(?:please|could you(?: please)?|can you(?: please)?) (?:provide|share|give|send|paste) "
        r"(?:me )?(?:with )?(?:the|a|your|more) "
        r"(?:text|sentence|content|source|context|passage|statement|original)[^.\n]{0,60}translat",
        r"(?:there is|there's|i (?:do not|don't|don’t) see) (?:no|any) text "
        r"(?:to translate|provided)",
        r"no text (?:was |has been )?(?:provided|given)(?: (?:to|for) translat\w+)?",
        r"it (?:seems|looks|appears)(?: like| that)? (?:you|your message|the text|there is|no text)"
        r"[^.\n]{0,60}(?:translat|provide|incomplete|cut off)",
        r"ich kann (?:diesen|den|das|dies)(?: [^\W\d_]+)? nicht übersetzen",
        r"bitte (?:geben|teilen|senden) sie (?:mir )?den (?:text|zu übersetzenden)",
        r"je ne peux pas (?:traduire|fournir de traduction)|veuillez (?:fournir|indiquer) le texte",
        r"no puedo (?:traducir|proporcionar una traducción)|por favor,? proporcion[ae] el texto",
        r"(?:bu (?:metni|cümleyi|ifadeyi) )çeviremem|lütfen çevrilecek metni",
        r"لا (?:أستطيع|يمكنني) ترجمة|يرجى تقديم النص",
        r"я не могу перевести|пожалуйста,? предоставьте текст",
        r"我(?:无法|不能|無法)(?:翻[译譯]|提供翻[译譯])|请提供.{0,8}(?:文本|原文)",
        r"翻訳(?:することは)?できません|(?:テキスト|原文)を(?:ご)?提供して",
    )
)
REFUSAL = re.compile(rf"^.{{0,80}}?\b(?:{_REFUSED})", re.IGNORECASE | re.DOTALL)

# What only a model says of itself, anywhere.
SELF = re.compile(
    r"\bas an ai(?: language)? (?:model|assistant)|\bas a(?: large)? language model|"
    r"\bi(?:'m| am|’m) (?:just )?an ai(?: language)?(?: model| assistant)"
    r"(?! [a-z]+(?:er|or|ist)\b)|"
    r"\bals (?:ein )?ki-(?:sprach)?modell|\ben tant (?:que modèle de langage|qu'ia\b)|"
    r"\bcomo (?:un )?modelo de (?:lenguaje|linguagem)|\bbir (?:yapay zeka )?dil modeli olarak|"
    r"كنموذج لغ|\bкак языковая модель|作为(?:一个)?(?:人工智能|ai)(?:语言)?模型|"
    r"aiの?言語モデルとして",
    re.IGNORECASE,
)

# A source that speaks of such models may well have one speak.
OF_MODELS = re.compile(
    r"\b(?:ai|ki|ia|ии|gpt|chatgpt)\b|language model|artificial intelligence|yapay zek|dil modeli|"
    r"sprachmodell|künstliche intelligenz|modèle de langage|intelligence artificielle|modelo de l|"
    r"inteligencia artificial|языков\w* модел|искусственн\w* интеллект|ذكاء|نموذج لغ|"
    r"人工智能|人工知能|语言模型|言語モデル",
    re.IGNORECASE,
)

# A remark on the translation, in a line or brackets of its own.
REMARK = re.compile(
    r"(?:^|[\n(\[])[*_ ]*(?:note|translator's note|explanation|anmerkung|hinweis|remarque|nota|not|"
    r"примечание|ملاحظة|注|注意)[*_ ]*[:：][^\n]{0,200}?"
    r"(?:translat|übersetz|tradu|çevir|перевод|ترجم|翻[译譯訳]|[译譯]文)",
    re.IGNORECASE,
)

# A wrapping that belongs to an answer.
WRAPPING = re.compile(
    r"^\s*(?:```|<(?:think|thinking|translation|answer|output)>|\{\s*\"(?:translation|target|text)\"\s*:)",
    re.IGNORECASE,
)
