"""Old encodings are read as they were written, or asked; never as another text."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analytics.intake import IntakeError, open_table
from analytics.intake.encodings import detect_encoding
from tests.analytics.intake.conftest import cells

TEXTS = {
    "Russian": (
        "Куртка тёплая, но рукава коротковаты",
        "Размер не подошёл, вернул обратно",
        "Не советую",
        "Цвет не тот",
    ),
    "Ukrainian": ("Дуже гарна якість, дякую", "Розмір не підійшов, повернула", "Швидка доставка, все ціле"),
    "Bulgarian": ("Якето е топло, но ръкавите са къси", "Много добро качество", "Бърза доставка"),
    "Greek": ("Το παλτό είναι ζεστό αλλά τα μανίκια κοντά", "Άριστο προϊόν", "Δεν το συνιστώ", "Γρήγορη παράδοση"),
    "Hebrew": ("המעיל חם אבל השרוולים קצרים", "איכות מעולה, תודה רבה", "משלוח מהיר", "לא ממליץ"),
    "Arabic": ("المعطف دافئ لكن الأكمام قصيرة", "جودة ممتازة شكرا لكم", "توصيل سريع", "اللون جميل جدا"),
    "Thai": ("เสื้อโค้ทอุ่นแต่แขนสั้นไปหน่อย", "คุณภาพดีมาก ขอบคุณค่ะ", "ส่งเร็ว", "ไม่แนะนำ"),
    "Turkish": ("Mont sıcak tutuyor ama kolları kısa", "Kalitesi çok iyi, teşekkürler", "Hızlı kargo"),
    "French": ("Le manteau est chaud mais les manches sont très courtes", "Déçue par la matière", "Renvoyé"),
    "German": (
        "Der Mantel ist schön warm, Ärmel etwas kurz",
        "Größe passt nicht, zurückgeschickt",
        "Für den Preis gut",
    ),
    "Spanish": (
        "Envío rápido, llegó el miércoles",
        "El abrigo abriga mucho pero las mangas son pequeñas",
        "¡Qué decepción!",
    ),
    "Italian": ("Il cappotto è caldo ma le maniche sono corte", "Perché non c'è la mia taglia?", "È così così"),
    "Portuguese": ("O casaco é quente mas as mangas são curtas", "Não esperava tanto", "Devolução fácil"),
    "Swedish": ("Jackan är varm men ärmarna är för korta", "Storleken passade inte, skickade åter", "Nöjd"),
    "Danish": ("Jakken er varm, men ærmerne er for korte", "Størrelsen passede ikke", "Glad for købet"),
    "Polish": ("Płaszcz jest ciepły, ale rękawy są krótkie", "Bardzo dobra jakość, dziękuję", "Szybko doszło, polecę"),
    "Czech": ("Kabát je teplý, ale rukávy jsou krátké", "Velikost neseděla, vrátila jsem", "Barva přesně"),
    "Hungarian": ("A kabát meleg, de az ujja rövid", "A méret nem volt megfelelő", "Nagyon jó minőség"),
    "Chinese": ("外套很暖和，但是袖子有点短", "质量非常好，谢谢卖家", "发货很快"),
    "Taiwanese": ("外套很暖和，但是袖子有點短", "品質非常好，謝謝賣家", "出貨很快"),
    "Japanese": ("コートは暖かいですが袖が短いです", "サイズが合わず返品しました", "配送が早い"),
    "Korean": ("코트는 따뜻하지만 소매가 짧아요", "사이즈가 안 맞아서 반품했어요", "배송이 빨라요"),
}
WRITTEN_IN = {
    "Russian": ("cp1251", "koi8_r", "cp866", "mac_cyrillic", "iso8859_5"),
    "Ukrainian": ("cp1251", "koi8_u"),
    "Bulgarian": ("cp1251",),
    "Greek": ("cp1253", "iso8859_7"),
    "Hebrew": ("cp1255",),
    "Arabic": ("cp1256", "iso8859_6"),
    "Thai": ("cp874",),
    "Turkish": ("cp1254",),
    **dict.fromkeys(("French", "German", "Spanish", "Italian", "Portuguese"), ("cp1252", "mac_roman")),
    **dict.fromkeys(("Swedish", "Danish"), ("cp1252", "mac_roman")),
    **dict.fromkeys(("Polish", "Czech", "Hungarian"), ("cp1250", "iso8859_2")),
    "Chinese": ("gb18030",),
    "Taiwanese": ("big5",),
    "Japanese": ("cp932", "euc_jp"),
    "Korean": ("euc_kr",),
}
PAIRS = [(language, encoding) for language, several in WRITTEN_IN.items() for encoding in several]


def table_of(texts):
    return "review_id,text,rating\r\n" + "".join(f'{i},"{text}",{i % 5 + 1}\r\n' for i, text in enumerate(texts))


# Words with one letter beyond ASCII, in which another code page shows a sign or a likelier letter.
ONE_LETTER = {
    ("Spanish", "mac_roman"): ("pequeñas", "baño", "tontería", "niña", "molestaría", "buenísimo"),
    ("Italian", "cp850"): ("velocità", "continuerà", "maestà", "salirà", "puntualità"),
    ("Italian", "cp1252"): ("tè", "gonzález", "noè"),
    ("Dutch", "mac_roman"): ("brazilië", "níet", "gecoördineerd", "kopieën"),
    ("Catalan", "cp850"): ("hàbits", "moció", "dedicarà"),
    ("Czech", "mac_latin2"): ("vaří", "snů", "reklamní", "jdeš", "avšak"),
    ("Czech", "iso8859_2"): ("Česky", "Budějovice", "cizinců", "Značku"),
    ("Slovenian", "mac_latin2"): ("bivša", "piškote", "vidnejših", "škodi"),
    ("Lithuanian", "cp1257"): ("vietinių", "zonų", "dalyvių"),
    ("Russian", "cp1251"): ("Конечно", "летняя", "ф", "я"),
    ("Russian", "cp866"): ("Д", "ЭТУ"),
    ("Ukrainian", "koi8_u"): ("тіні", "и", "с"),
    ("Arabic", "iso8859_6"): ("ستة", "تشكيلة", "غرفة", "مستمرة"),
}


def assert_right_or_asked(texts, encoding):
    body = table_of(texts)
    written = body.encode(encoding)
    told = detect_encoding(written)
    if told.choices:
        assert body in [written.decode(name) for name, _ in told.choices]
    else:
        assert written.decode(told.encoding) == body


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(PAIRS), st.data())
def test_short_texts_are_read_rightly_or_asked(pair, data):
    language, encoding = pair
    assert_right_or_asked(data.draw(st.lists(st.sampled_from(TEXTS[language]), min_size=1, max_size=6)), encoding)


@example((("Spanish", "mac_roman"), ["El abrigo abriga mucho pero las mangas son pequeñas"] * 3))
@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(ONE_LETTER)).flatmap(
        lambda pair: st.tuples(st.just(pair), st.lists(st.sampled_from(ONE_LETTER[pair]), min_size=1, max_size=6))
    )
)
def test_words_with_one_letter_beyond_ascii_are_read_rightly_or_asked(drawn):
    (_, encoding), texts = drawn
    assert_right_or_asked(texts, encoding)


def test_two_texts_that_look_alike_at_their_beginning_are_both_offered():
    body = table_of(["Grün", "Ökologie"]).encode("cp1252")
    told = detect_encoding(body)
    shown = [piece for _, piece in told.choices]
    assert len(shown) == len(set(shown)) > 2


@pytest.mark.parametrize(("language", "encoding"), PAIRS)
def test_a_page_of_text_needs_no_question(opened, language, encoding):
    texts = [*TEXTS[language], "ДА, СПАСИБО" if language == "Russian" else TEXTS[language][0]]
    table = opened(table_of(texts).encode(encoding))
    assert table.choices == ()
    assert cells(table)["text"].tolist() == texts


@pytest.mark.parametrize("language", sorted(TEXTS))
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_every_utf_is_read_in_every_language(opened, language, encoding):
    table = opened(table_of(TEXTS[language]).encode(encoding))
    assert table.choices == ()
    assert cells(table)["text"].tolist() == list(TEXTS[language])


def test_what_nothing_tells_is_asked_and_the_answer_is_taken(written):
    path = written("id,text\n1,Gro\xdf\n".encode("cp1252"))
    table = open_table(path)
    assert ("cp1252", "id,text 1,Groß") in table.choices
    assert len(table.choices) > 1
    said = open_table(path, encoding="cp1251")
    assert said.choices == ()
    assert cells(said)["text"].tolist() == ["GroЯ"]


def test_an_encoding_that_cannot_be_is_refused(written):
    path = written("id,text\n1,Gro\xdf\n".encode("cp1252"))
    with pytest.raises(IntakeError, match="no encoding “klingon”"):
        open_table(path, encoding="klingon")
    with pytest.raises(IntakeError, match="not written in utf-8"):
        open_table(path, encoding="utf-8")
    with pytest.raises(IntakeError, match="no encoding “base64”"):
        open_table(path, encoding="base64")
