"""Answers of chat models that are no translation, or more than one."""

from __future__ import annotations

import pytest

from evalharness.checks import MetaAnswer, Quoted, look_at

from .looking import outputs_of, seen_in

ANSWERS = {
    "Here is the translation:\n\nThe red apple.": "announced",
    "Here's the English translation of the text: The red apple.": "announced",
    "Sure! Here is the text in English: the red apple": "announced",
    "Certainly! I'd be happy to translate: the red apple": "announced",
    "Okay, here's the translation: The red apple.": "announced",
    "Natürlich! Hier ist die Übersetzung: Der rote Apfel": "announced",
    "Tabii ki! İşte çeviri: kırmızı elma": "announced",
    "当然！以下是翻译：红苹果": "announced",
    "中文翻译：红苹果": "announced",
    "## Translation\nThe red apple.": "announced",
    "**Translation:** The red apple.": "announced",
    "English translation: The red apple.": "announced",
    "Translation (English): The red apple.": "announced",
    "The translation of the sentence into English is: The red apple.": "announced",
    "Translated text: The red apple.": "announced",
    "Hier ist die deutsche Übersetzung:\nDer rote Apfel": "announced",
    "Übersetzung: Der rote Apfel": "announced",
    "Voici la traduction : la pomme rouge": "announced",
    "Traducción al español: la manzana roja": "announced",
    "İşte metnin Türkçe çevirisi: kırmızı elma": "announced",
    "Türkçe çeviri: kırmızı elma": "announced",
    "الترجمة: التفاحة الحمراء": "announced",
    "إليك الترجمة: التفاحة الحمراء": "announced",
    "Перевод: красное яблоко": "announced",
    "Вот перевод на русский: красное яблоко": "announced",
    "以下是翻译：红苹果": "announced",
    "翻译：红苹果": "announced",
    "以下は日本語訳です。赤いリンゴ": "announced",
    "翻訳：赤いリンゴ": "announced",
    "I'm sorry, but I cannot translate this text.": "refused",
    "I am unable to provide a translation for this content.": "refused",
    "Could you please provide the text you would like me to translate?": "refused",
    "Please provide the text that needs to be translated.": "refused",
    "It seems you didn't provide any text to translate.": "refused",
    "Es tut mir leid, aber ich kann diesen Text nicht übersetzen.": "refused",
    "抱歉，我无法翻译这段内容。": "refused",
    "As an AI language model, I do not have opinions on apples.": "of itself",
    "En tant que modèle de langage, je ne mange pas de pommes.": "of itself",
    "The red apple.\n\nNote: I translated 'elma' literally.": "remark",
    "The red apple. (Note: the translation keeps the colour.)": "remark",
    "The red apple. Note: I translated 'elma' literally.": "remark",
    "I'm sorry, but I can't assist with that.": "refused",
    "很抱歉，我无法协助您。": "refused",
    "As an AI, I cannot do that.": "of itself",
    "The user wants English.</think>The red apple.": "wrapped",
    "```\nThe red apple.\n```": "wrapped",
    "<think>The user wants English.</think> The red apple.": "wrapped",
    '{"translation": "The red apple."}': "wrapped",
}
TRANSLATIONS = (
    "I'm sorry, but I can't come tonight.",
    "Sure, I know him.",
    "Of course! Everyone was there.",
    "The translation of the Bible into German took Luther twelve years.",
    "Translation: an underrated craft.",  # as the source says
    "Note: the shop is closed on Sundays.",
    "Please provide your passport number.",
    "Please provide more context.",
    "I am an AI language model researcher.",
    "Here is the news.",
    "Of course, I'll look right away.",
    "Sure, I can help you.",
    "It seems you forgot to provide your e-mail address.",
    "I can't translate this, he said.",
    "No text provided",
    "I'm sorry, but I can't help you tonight, since my mother is ill.",
    "Here are the results: 3 to 1.",
    "Could you please give me a hand?",
    "He said he could not translate it; I cannot either, she replied.",
    "The model is an AI language model that answers questions.",
    "Die Übersetzung des Romans erschien 1922.",
    "La traduction du livre est parue hier.",
    "Перевод денег занимает два дня.",
    "翻译这本书花了三年。",
    "Not: bu bir testtir.",
    "<b>The red apple</b>",
    "",
)


@pytest.mark.parametrize("text", ANSWERS)
def test_what_chat_models_say_is_named(text: str):
    seen = seen_in(MetaAnswer(), text, "kırmızı elma")
    assert (seen and seen["kind"]) == ANSWERS[text]


@pytest.mark.parametrize("text", TRANSLATIONS)
def test_translations_that_sound_alike_are_not(text: str):
    source = "Çeviri: küçümsenen bir zanaat." if text.startswith("Translation:") else "kırmızı elma"
    assert seen_in(MetaAnswer(), text, source) is None


@pytest.mark.parametrize(
    ("text", "source", "seen"),
    [
        ('"The red apple."', "kırmızı elma.", '""'),
        ("“The red apple.”", "kırmızı elma.", "“”"),
        ("「赤いリンゴ」", "the red apple", "「」"),
        ('"The red apple."', "“kırmızı elma.”", None),
        ('"The red apple."', "– kırmızı elma", None),
        ('"The red apple" is a "book"', "kırmızı elma bir kitap", None),
        ('The "red" apple', "kırmızı elma", None),
        ('""', "x", None),
    ],
)
def test_quotation_marks_around_everything_are_named(text: str, source: str, seen: str | None):
    assert seen_in(Quoted(), text, source) == seen


def test_a_chatty_system_is_warned_of_and_each_answer_named():
    texts = [f"Here is the translation: text {n}" if n % 9 == 0 else f"text {n}" for n in range(90)]
    outputs = outputs_of(texts, references=[(f"word {n}",) for n in range(90)])
    result = look_at(MetaAnswer(), outputs)
    assert result is not None
    assert list(result.seen) == list(range(0, 90, 9))
    assert result.rate.reference_counts == {"A": 0}


def test_a_source_about_language_models_may_have_one_speak():
    source = "Bir yapay zeka modeli olarak çeviri yapabilirim."
    assert seen_in(MetaAnswer(), "As an AI model, I can translate.", source) is None


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Übersetzung: Jane", "Translated by Jane"),
        ("Forbidden translation: 5", "Verbotene Übersetzung: 5"),
        ("Machine translation: past and future", "Traducción automática: pasado y futuro"),
        ("Перевод: 500 рублей", "Havale: 500 ruble"),
        ("Note: the translation is incomplete", "Uwaga: tłumaczenie jest niepełne"),
        ("Not: Anahtarı iki kez çevirin", "Note: turn the key twice"),
        ("I'm sorry, but I can't help with that.", "Üzgünüm ama buna yardım edemem."),
        ("I am an AI assistant.", "私はAIアシスタントです"),
    ],
)
def test_a_source_that_speaks_of_the_same_spares_its_segment(text: str, source: str):
    assert seen_in(MetaAnswer(), text, source) is None


def test_a_turkish_conjunction_is_no_model():
    seen = seen_in(MetaAnswer(), "As an AI language model, I cannot.", "Dedi ki elma kırmızı")
    assert seen["kind"] == "of itself"
