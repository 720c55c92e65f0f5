"""The letters, the commonest words and the code pages of the languages that old files are written in.

Letter orders: by frequency, after the tables of Wikipedia's "Letter frequency" and its sisters (read 2026-11);
accented letters only for Latin scripts.
"""

from __future__ import annotations

from analytics.intake.east_asian import NAMES as WIDE_NAMES

LATIN = {
    "de": "üäößÜÄÖ",
    "fr": "éèàêçôîâûùëïœ",
    "es": "óíáéñúü",
    "it": "èàùòìé",
    "pt": "ãçáéóõíêâúàôü",
    "sv": "äåöé",
    "da": "øåæé",
    "nb": "øåæéòôü",
    "fi": "äöåšž",
    "nl": "ëéïèüöóá",
    "is": "áíðéóþæúöý",
    "ca": "àóéèíçòïúü",
    "pl": "łążęśóćńź",
    "cs": "íáěéřčžšýůúťďňó",
    "sk": "áíčžšťéľýúôňóďäŕĺ",
    "hu": "éáöőóíüúű",
    "ro": "ăîâşţ",
    "hr": "čšžćđ",
    "sl": "čšž",
    "tr": "ıişüğçöİâî",
    "lt": "ėšžūįčųęą",
    "lv": "āīēšūļņžģķč",
    "et": "äõüöšž",
}
OTHER = {
    "ru": "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё",
    "uk": "оаинівтерслкумдпзязьгйбчхжшїюцщєфґ",
    "bg": "аоиетнрсвлкдпмзгяъубчцщжшхйюфь",
    "sr": "аоиенртсјудкмвлпзгбшчцњжљћђхфџ",
    "el": "αοιετσνηυρπκμλςωόγίάέδήθφύχβώξζψϊΐϋΰ",
    "he": "יוהלארתבמשנעחדקפצכסטגזםןךףץ",
    "ar": "الينمورتبةعدسفهكقحجشصطخىأضزذثئغءظإآؤ",
    "th": "านรอกเงมยลวดทสตะปบคหแจพชขใไโผซถภฐญธศษณฉฝฟฮฎฏฌฆฑฒฬ่้ิีึืุู็ัำ์ๆฯ",
}
_WESTERN = ("de", "fr", "es", "it", "pt", "sv", "da", "nl", "is", "ca", "nb", "fi")
_CENTRAL = ("pl", "cs", "sk", "hu", "ro", "hr", "sl", "de")
_CYRILLIC = ("ru", "uk", "bg", "sr")
LANGUAGES = {
    "cp1252": _WESTERN,
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859_2": _CENTRAL,
    "mac_latin2": _CENTRAL,
    "cp1254": ("tr",),
    "cp1257": ("lt", "lv", "et"),
    "cp1251": _CYRILLIC,
    "koi8_r": ("ru", "bg"),
    "koi8_u": ("uk",),
    "cp866": ("ru", "bg"),
    "mac_cyrillic": _CYRILLIC,
    "iso8859_5": _CYRILLIC,
    "cp1253": ("el",),
    "iso8859_7": ("el",),
    "cp1255": ("he",),
    "cp1256": ("ar",),
    "iso8859_6": ("ar",),
    "cp874": ("th",),
}
NAMES = {name: name.replace("cp12", "Windows-12").replace("iso8859_", "ISO 8859-") for name in LANGUAGES} | {
    "mac_roman": "Mac Roman",
    "mac_latin2": "Mac Central European",
    "mac_cyrillic": "Mac Cyrillic",
    "koi8_r": "KOI8-R",
    "koi8_u": "KOI8-U",
    "cp850": "DOS 850",
    "cp866": "DOS 866",
    "cp874": "Windows-874",
    **WIDE_NAMES,
}
FINAL_ONLY = ("it",)  # an accent stands on the last letter alone
_COMMON_WORDS = {
    "de": "der die und das ist nicht ein eine mit für auf sehr aber zu den wie ich war gut dem im auch es",
    "fr": "le la les et des est une pas pour que très mais avec sur dans je bien du en il ce sont au trop",
    "es": "el la los que de y en un una muy pero con no las por para se es lo del mi al como",
    "it": "il la di che non un una per è molto ma con le sono come mi del si ho in bene",
    "pt": "o a de que e não um uma muito mas com os para do da em no por foi mais é as se",
    "sv": "och är att det en som på inte av för med jag den till men mycket var ett",
    "da": "og er at det en som på ikke af for med jeg den til men meget var et var",
    "nb": "og i er på det som en ikke til av for med jeg veldig den men har å var et",
    "fi": "ja on ei se oli mutta kuin hyvin ovat että en myös niin kun",
    "nl": "de het een en van is niet dat op te zijn met voor maar ik heel erg goed",
    "is": "og er að það sem á ekki en við mjög ég var til með fyrir",
    "ca": "el la els i de que no un una per amb molt però les és en del",
    "pl": "i w nie na się jest to z do jak ale bardzo są że dla po tak od jestem",
    "cs": "a je se na to že v s ale jsem velmi pro jak ne byl jako jsou tak vše",
    "sk": "a je sa na to že v s ale som veľmi pre ako nie bol sú tak",
    "hu": "a az és nem is hogy egy volt nagyon de van mint meg jó",
    "ro": "şi de nu la un o foarte dar este cu pe sunt în mai din am pentru s-a",
    "hr": "i je se na da u nije ali vrlo su za sam od to što jako mi sve",
    "sl": "je in se na da za v ne so pa ni bi ki zelo ali sem kot",
    "tr": "ve bir çok ama bu için ile de da gibi iyi güzel değil ürün",
    "lt": "ir yra bet labai ne į su iš kaip tai už",
    "lv": "un ir bet ļoti ne no ar kā tas par uz",
    "et": "ja on aga väga ei see kui oli ning",
}
COMMON = {language: frozenset(words.split()) for language, words in _COMMON_WORDS.items()}
# How much rarer than a Windows code page of the same script a file in this encoding is, in natural-log units.
RARER = {
    "mac_roman": 2.0,
    "cp850": 2.0,
    "mac_latin2": 2.0,
    "iso8859_2": 1.0,
    "iso8859_5": 2.0,
    "iso8859_6": 1.0,
    "iso8859_7": 1.0,
}
