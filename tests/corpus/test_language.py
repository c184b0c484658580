"""Languages are told by script and small words, or not at all."""

from __future__ import annotations

import pytest

from corpus.language import language_of


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "The ferry to Askvik was late on Monday, the captain said, and that was the third "
         "time in a week: the engine has to be sent to the yard, and nobody knows for how long."),
        ("de", "Die Fähre nach Askvik fährt bis zum Frühjahr nicht, weil die Maschine in der Werft "
         "ist, teilte die Behörde am Montag mit. Das Schiff und der Hafen sind nicht betroffen."),
        ("de", "Der Luchs von Velden wurde am Dienstag wieder bei der Mühle gesehen. Er fraß elf "
         "Kilo Fisch, sagte der Förster am Mittwoch."),
        ("fr", "Le bateau pour Askvik ne part pas avant le printemps, car la machine est dans le "
         "chantier, a dit le port. Les élèves et les gens de la côte sont pour une solution."),
        ("es", "El barco a Askvik no sale hasta la primavera porque el motor está en el taller, "
         "dijo el puerto. Los alumnos y las familias de la costa piden una solución para el mes."),
        ("zh", "韦林市的新桥星期一通车，市长陈国华说。"),
        ("ja", "新しい橋が月曜日に開通したと市長は述べた。"),
        ("ko", "새 다리가 월요일에 개통되었다고 시장이 말했다."),
        ("th", "สะพานใหม่เปิดเมื่อวันจันทร์ นายกเทศมนตรีกล่าว"),
        ("ru", "Новый мост открыли в понедельник, сказал мэр."),
        ("uk", "Новий міст відкрили в понеділок, сказав міський голова Києва."),
        ("ar", "قال رئيس البلدية إن الجسر الجديد افتتح يوم الاثنين"),
        (None, "Town | Metres\nOrr | 2.1\nTarn | 1.8"),
        (None, "Askvik 4 Halvik 2, Sund 1 Grelle 1, Brissa 0 Velden 3, Orr 2 Tarn 2, Aldmoor 1 "
         "Bexby 0, Arlen 5 Dunnerby 1, Kestrel 2 Merle 2, Roe 1 Dahl 1, Holt 0 Vik 1"),
        (None, ""),
    ],
)  # fmt: skip
def test_language_is_that_of_the_text_or_unknown(language: str | None, text: str) -> None:
    assert language_of(text) == language
