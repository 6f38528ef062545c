"""What chat models say about a translation, in the languages that they answer in: patterns."""

from __future__ import annotations

import re


def _any(*patterns: str) -> str:
    return "|".join(patterns)


_NAMED = r"(?:[^\W\d_]+[ \-])?"  # a word before "translation", such as the language
_START = r"^[\W_]*"
_NOUN = r"(?:text|sentence|content|passage|message|request|material|phrase|statement)"

_ASSENT = _any(
    "sure|certainly|of course|absolutely|okay|ok|yes|natürlich|gerne|klar|bien sûr|certainement",
    "claro(?: que sim?)?|por supuesto|tabii(?: ki)?|elbette|конечно|بالتأكيد|بالطبع|certo",
    "certamente|natuurlijk|oczywiście|jistě|当然|當然|好的|もちろん(?:です)?|물론(?:입니다|이죠)?",
)
_ASSENTED = rf"(?:(?:{_ASSENT})[ ]?[,!.。！，、]*\s*)?"

# A label before the translation: "Translation:", "**English translation:**", "Çeviri:".
_LABELS = _any(
    rf"(?:the )?{_NAMED}translat(?:ion|ed (?:text|version|sentence))"
    r"(?: (?:in|into|to|of|from) [^:\n]{1,60}| \([^)\n]{1,30}\))?(?: is)?",
    rf"(?:die )?{_NAMED}übersetzung(?: (?:ins|in|auf) [^:\n]{{1,40}})?(?: lautet)?",
    r"(?:la )?traduction(?: (?:en|du) [^:\n]{1,40})?(?: est)?",
    r"(?:la )?traducción(?: (?:al|en|del) [^:\n]{1,40})?(?: es)?",
    r"(?:la )?traduzione(?: (?:in|dal) [^:\n]{1,40})?",
    r"(?:a )?tradução(?: (?:para|em|do) [^:\n]{1,40})?",
    r"(?:de )?vertaling",
    rf"(?:{_NAMED})?(?:çevirisi|çeviri|tercümesi|tercüme)",
    r"(?:الترجمة|ترجمة|ترجمه)(?: إلى [^:\n]{1,30})?|النص المترجم",
    rf"{_NAMED}(?:перевод|переклад)(?: (?:на|текста) ?[^:\n]{{0,40}})?",
    r"tłumaczenie|překlad|preklad|fordítás|traducerea?|översättning|oversettelse|oversættelse",
    r"अनुवाद|번역|(?:\w文|\w語)?(?:翻[译譯](?:结果|結果)?|[译譯]文|翻訳|訳文?|和訳|英訳)",
    r"bản dịch|terjemahan",
)

# An announcement: "Here is the translation", "Voici la traduction", "以下是翻译".
_ANNOUNCED = _any(
    rf"(?:here(?:'s|’s| is)|below is) (?:the|a|my|your) {_NAMED}{_NAMED}translat(?:ion|ed)",
    rf"here(?:'s|’s| is) (?:the|your) {_NOUN} (?:translated|in [^\W\d_]+:)",
    rf"(?:{_ASSENT})[,!.]? (?:i can|i'd|i’d|i'll|i’ll|let me)[^.!?\n]{{0,60}}translat",
    r"hier (?:ist|die|folgt) (?:die |eine |deine |ihre )?(?:[^\W\d_]+ )?übersetzung",
    r"voici (?:la|une|votre) (?:[^\W\d_]+ )?traduction",
    r"aquí (?:está|tienes|tiene) (?:la|una) traducción",
    r"ecco la traduzione|aqui está a tradução|hier is de vertaling|oto tłumaczenie",
    r"zde je překlad|tu je preklad|íme a fordítás|iată traducerea|här är översättningen",
    r"işte (?:[^\W\d_]+ ){0,3}çeviri(?:si)?\b|đây là bản dịch",
    r"(?:إليك|إليكم|هذه هي|فيما يلي) (?:ال)?ترجمة",
    r"(?:вот|ось) (?:ваш |мой )?(?:перевод|переклад)",
    r"以下(?:是|为|為).{0,20}?(?:翻[译譯]|[译譯]文)|以下は.{0,20}?(?:翻訳|訳)|다음은 .{0,20}?번역",
)
_HEADING = r"#{1,4} {0,2}(?:[^\W\d_]+ )?translation\s*\n|\[(?:[^\W\d_]+ )?translation\]"
OPENING = re.compile(
    rf"{_START}{_ASSENTED}{_START[1:]}(?:(?:{_LABELS})[*_]*\s*[:：]|{_ANNOUNCED})|^\s*(?:{_HEADING})",
    re.IGNORECASE,
)

# A source that speaks of translating may well be translated so, as a credit or a heading is.
OF_TRANSLATING = re.compile(
    r"translat|übersetz|tradu|перевод|переклад|превод|prevod|prijevod|ترجم|翻[译譯訳]|[译譯訳]|번역|"
    r"çevir|tercüm|vertal|översätt|overset|oversæt|tłumacz|překl|preklad|ford[íi]t|käänn|kään|"
    r"suomenn|μεταφρ|תרג|অনুবাদ|अनुवाद|dịch|terjemah|tõlk|tulk|vertim|itzul|aistri|cyfieith|"
    r"tarjim|แปล|^[^:\n]{1,40}[:：]",
    re.IGNORECASE,
)

# A refusal or a question back, within the first words.
_CANNOT = (
    r"(?:cannot|can't|can’t|can not|am unable to|'m unable to|’m unable to|am not able to|won't)"
)
_REFUSED = _any(
    rf"i ?{_CANNOT} (?:translate (?:this|the|that|your) {_NOUN}|"
    r"provide (?:a|the|you with a|this) (?:[^\W\d_]+ )?translation)",
    r"(?:please|could you(?: please)?|can you(?: please)?) (?:provide|share|give|send|paste) "
    r"(?:me )?(?:with )?(?:the|a|your|more) (?:text|sentence|content|source|passage)"
    r"[^.\n]{0,60}(?:you(?:'d| would| want)|me to|needs? to be|to be|for me)[^.\n]{0,30}translat",
    r"(?:there is|there's|i (?:do not|don't|don’t) see) (?:no|any) text to translate",
    r"it (?:seems|looks|appears)(?: like| that)? you[^.\n]{0,80}translat",
    r"ich kann (?:diesen|den) text nicht übersetzen",
    r"bitte (?:geben|teilen|senden) sie (?:mir )?den (?:zu )?(?:übersetzenden )?text[^.\n]{0,60}"
    r"übersetz",
    r"je ne peux pas traduire (?:ce|cette|le) (?:texte|phrase|contenu)",
    r"no puedo traducir (?:este|esta|el) (?:texto|frase|contenido)",
    r"bu (?:metni|cümleyi|ifadeyi) çeviremem|lütfen çevrilecek metni",
    r"لا (?:أستطيع|يمكنني) ترجمة هذا",
    r"я не могу перевести (?:этот|данный) текст",
    r"我(?:无法|不能|無法)(?:翻[译譯](?:这|這|该|該)|提供翻[译譯])|請?请?提供.{0,8}(?:需要|要)翻[译譯]的",
    r"(?:この|その)(?:文|文章|テキスト)を?は?翻訳(?:することは)?できません",
)
# What models say instead of an answer, as the whole of it.
_DECLINED = _any(
    rf"(?:i'm|i’m|i am) sorry,? (?:but )?i ?{_CANNOT} "
    r"(?:(?:assist|help)(?: you)? with|comply with|fulfil?l) (?:that|this|your|these)"
    r"[^.\n]{0,20}[.!]?",
    rf"i ?{_CANNOT} (?:assist with|comply with|fulfil?l) (?:that|this|your) request[.!]?",
    r"lo siento,? (?:pero )?no puedo ayudar[^.\n]{0,40}[.!]?",
    r"üzgünüm,? (?:ancak |ama )?bu (?:isteği|konuda)[^.\n]{0,40}[.!]?",
    r"很?抱歉[，,]?我(?:无法|不能|無法)(?:协助|協助|提供帮助|满足)[^。\n]{0,20}[。.]?",
    r"申し訳(?:ありません|ございません)が、[^。\n]{0,30}お応えできません[。.]?",
)
REFUSAL = re.compile(
    rf"^.{{0,80}}?\b(?:{_REFUSED})|^\s*(?:{_DECLINED})\s*$", re.IGNORECASE | re.DOTALL
)
OF_REFUSING = re.compile(
    r"üzgün|özür|maalesef|sorry|apolog|tut mir leid|entschuldig|désolé|excus|lo siento|perd[oó]n|"
    r"lament|извин|прост|сожален|آسف|عذر|抱歉|对不起|ごめん|申し訳|すみません|죄송|desculp|dispiace|"
    rf"scus|przepraszam|przykro|omlouv|promiň|{OF_TRANSLATING.pattern}",
    re.IGNORECASE,
)

# What only a model says of itself, anywhere.
SELF = re.compile(
    r"\bas an ai(?: language)? (?:model|assistant)|\bas an ai, i\b|"
    r"\bas a(?: large)? language model|"
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
    r"(?<![A-Za-z])(?-i:AI|KI|IA|ИИ|YZ|GPT|ChatGPT)(?![A-Za-z])|language model|"
    r"yapay zek|dil modeli|"
    r"artificial intelligence|sprachmodell|künstliche intelligenz|modèle de langage|"
    r"intelligence artificielle|modelo de l|inteligencia artificial|modello linguistico|"
    r"model językow|языков\w* модел|искусственн\w* интеллект|ذكاء|نموذج لغ|"
    r"人工智能|人工知能|语言模型|言語モデル|인공지능|언어 모델",
    re.IGNORECASE,
)

# A remark on the translation, in a line or brackets of its own, or after a sentence.
REMARK = re.compile(
    r"(?:^|[\n(\[]|[.!?]['\"”]? )[*_ ]*(?:note|translator's note|explanation|anmerkung|hinweis|"
    r"remarque|nota|not|примечание|ملاحظة|注|注意|说明|補足)[*_ ]*[:：][^\n]{0,200}?"
    r"(?:translat|übersetz|tradu|çeviri|переве[лд]|ترجم|翻[译譯訳]|[译譯]文)",
    re.IGNORECASE,
)

# A wrapping that belongs to an answer.
WRAPPING = re.compile(
    r"^\s*(?:```|<(?:think|thinking|translation|translated_text|answer|output)>|"
    r"\{\s*\"(?:translation|translated_text|target|text)\"\s*:)|</think(?:ing)?>|◁/?think▷|"
    r"^assistantfinal|```\s*$",
    re.IGNORECASE,
)
