"""How often a cell that ``table_lookup`` finds is what was asked: ``python -m tests.bench.tables``.

Invented tables of the kinds that newspapers print, and questions about them as readers put them:
some name a row and a column, some compare, add up or ask for what no cell says (``-``). The tables
stand in one text each, between sentences. No reader, no index.
"""

from __future__ import annotations

import argparse
import sys

from bot.answering.question_type import QuestionType, question_type
from bot.answering.table_lookup import cells_asked_for
from corpus.article import Article, Passage
from index.results import Hit
from tests.bench.datasets import print_result
from tests.fakes.invented import result_of

# Title; the table; each question with the cell that answers it.
TABLES = [
    (
        "Ferry traffic to the islands",
        "Ferry | Passengers | Cars | Delays\nKestrel | 41,200 | 9,310 | 14\n"
        "Heron | 38,750 | 8,020 | 31\nSea Heron | 12,400 | 2,950 | 5",
        "How many passengers did the Kestrel carry? | 41,200\n"
        "How many cars were on the Heron? | 8,020\nHow many delays did the Sea Heron have? | 5\n"
        "Which ferry had the most passengers? | -\nHow many passengers were there in all? | -\n"
        "How many more passengers did the Kestrel carry than the Heron? | -\n"
        "Why did the Heron have so many delays? | -",
    ),
    (
        "Votes in the Aldmoor council election",
        "Party | Votes | Share | Seats\nCivic Union | 12,418 | 41.2 % | 9\n"
        "Green List | 8,002 | 26.5 % | 6\nLabour | 6,115 | 20.3 % | 4",
        "How many seats did the Green List win? | 6\nHow many votes did Labour get? | 6,115\n"
        "What share of the vote went to the Civic Union? | 41.2 %\n"
        "How many seats has Labour lost? | -\nWho leads the Green List? | -\n"
        "What share of its votes did Labour lose? | -\nWhich party has four seats? | -",
    ),
    (
        "House prices by district",
        "District | Price 2022 | Price 2023 | Change\nHarbour | 310,000 | 325,500 | 5 %\n"
        "Old Town | 402,000 | 398,000 | -1 %\nNorth Hill | 255,000 | 270,300 | 6 %",
        "What was the price in Harbour in 2022? | 310,000\n"
        "What was the price in North Hill in 2023? | 270,300\n"
        "What was the change of price in the Old Town? | -1 %\n"
        "What will the price in Harbour be in 2024? | -\nHow big was the change in Harbour? | 5 %\n"
        "What is the average price in North Hill? | -",
    ),
    (
        "Medals at the Halvik games",
        "Country | Gold | Silver | Bronze\nNorway | 7 | 4 | 9\n"
        "Sweden | 5 | 8 | 3\nFinland | 5 | 2 | 6",
        "How many gold medals did Norway win? | 7\nHow many silver medals did Sweden win? | 8\n"
        "How many medals did Finland win? | -\nWho won gold for Finland? | -\n"
        "How many bronze medals has Sweden? | 3\nWhen did Norway win its first gold medal? | -\n"
        "How much gold does Sweden export? | -",
    ),
    (
        "Train times from Merrowford",
        "Train | Departure | Arrival | Fare\nExpress | 7:05 | 8:41 | 18.50\n"
        "Regional | 7:20 | 9:37 | 11.00\nNight mail | 23:10 | 5:48 | 9.00",
        "When is the departure of the night mail? | 23:10\n"
        "What is the fare of the express? | 18.50\n"
        "When is the arrival of the regional train? | 9:37\nWhen does the express leave? | -\n"
        "What fare did the regional train have last year? | -\n"
        "Where is the arrival of the express? | -",
    ),
    (
        "Rivers and dams of the county",
        "River | Length in km | Dams | Mouth\nAld | 212 | 3 | Merrow Bay\nThrush | 88 | 0 | Ald\n"
        "Lesser Thrush | 31 | 1 | Thrush",
        "What is the length of the Ald? | 212\nHow many dams has the Lesser Thrush? | 1\n"
        "Where is the mouth of the Thrush? | Ald\nHow many km of the Ald are polluted? | -\n"
        "Who built the dams on the Ald? | -\nHow many dams does the Thrush have? | 0",
    ),
    (
        "What the ministers own",
        "Minister | Post | Houses | Debt\nIna Roos | Finance | 2 | 40,000\n"
        "Mart Kask | Justice | 1 | 0\nEva Roos | Health | 3 | 120,000",
        "What is the debt of Mart Kask? | 0\nHow many houses does Eva Roos own? | 3\n"
        "What post does Ina Roos hold? | Finance\nWhat did Ina Roos say about the debt? | -\n"
        "When did Mart Kask take up his post? | -\nHow many houses did Ina Roos sell? | -",
    ),
    (
        "Results of the quarter",
        "Company | Revenue | Profit | Staff\nKestrel Air | 512m | 31m | 2,900\n"
        "Baltic Foods | 208m | 12m | 1,150\nOrlo | 98m | -4m | 640",
        "What was the profit of Kestrel Air? | 31m\nHow many staff has Orlo? | 640\n"
        "What was Baltic Foods's revenue? | 208m\nWhy did the profit of Orlo fall? | -\n"
        "How many staff will Kestrel Air dismiss? | -\n"
        "By how much did the revenue of Orlo grow? | -\n"
        "What profit does Orlo expect next year? | -",
    ),
    (
        "Rain in August",
        "Station | Rain in mm | Days of rain | Hottest day\nHalvik | 91 | 14 | 3 August\n"
        "Aldmoor | 140 | 19 | 5 August",
        "How many mm of rain fell in Halvik? | 91\nOn how many days did it rain in Aldmoor? | -\n"
        "What was the hottest day in Aldmoor? | 5 August\nHow many days of rain had Halvik? | 14\n"
        "How many houses were flooded by the rain in Aldmoor? | -",
    ),
    (
        "Schools that close",
        "School | Pupils | Closes | Pupils go to\nHill Lane | 84 | July 2025 | Market Street\n"
        "St Anne | 61 | July 2026 | Hill Lane",
        "When does Hill Lane close? | July 2025\nHow many pupils does St Anne have? | 61\n"
        "Where will the pupils of St Anne go to? | Hill Lane\n"
        "How many pupils protested at St Anne? | -\nWho closes Hill Lane? | -",
    ),
]


# Asked once the rules stood.
HELD_OUT = [
    (
        "Bridges under repair",
        "Bridge | Built | Cost | Reopens\nIron Bridge | 1911 | 2.4m | May 2026\n"
        "Mill Bridge | 1958 | 0.9m | June 2025\nTollgate | 1974 | 5.1m | 2027",
        "When was the Mill Bridge built? | 1958\nWhen does the Iron Bridge reopen? | May 2026\n"
        "What is the cost of the Tollgate? | 5.1m\nWho built the Iron Bridge? | -\n"
        "How much does the Mill Bridge cost? | 0.9m\nWhat did the Iron Bridge cost in 1911? | -\n"
        "How many people were hurt when the Tollgate was built? | -",
    ),
    (
        "Fish stocks in the strait",
        "Species | Catch limit | Stock | Trend\nCod | 300 t | 9,000 t | falling\n"
        "Herring | 7,500 t | 120,000 t | stable\nEel | 0 t | unknown | falling",
        "What is the catch limit for cod? | 300 t\nHow large is the stock of herring? | 120,000 t\n"
        "What trend does the eel stock show? | falling\nWho sets the catch limit for cod? | -\n"
        "How much cod did Norway catch? | -\nWhat was the catch limit for herring before? | -",
    ),
    (
        "Waiting times in hospitals",
        "Hospital | Beds | Nurses | Days of waiting\nSt Olaf | 410 | 620 | 38\n"
        "North Clinic | 180 | 240 | 71\nHarbour | 95 | 130 | 12",
        "How many beds does St Olaf have? | 410\nHow many nurses work at the North Clinic? | 240\n"
        "How many days of waiting are there at Harbour? | 12\n"
        "How many nurses have left St Olaf? | -\nHow many beds are empty at Harbour? | -\n"
        "How many nurses does the North Clinic lack? | -\nWhere do the nurses of Harbour live? | -",
    ),
    (
        "Chess championship, round 5",
        "Player | Points | Wins | Rating\nMari Tamm | 4.5 | 4 | 2511\nJo Dunne | 4.0 | 3 | 2544\n"
        "Rolf Aas | 2.5 | 2 | 2470",
        "How many points has Mari Tamm? | 4.5\nWhat is the rating of Rolf Aas? | 2470\n"
        "How many wins does Jo Dunne have? | 3\nWhom did Rolf Aas beat for his points? | -\n"
        "When did Jo Dunne reach her highest rating? | -\nHow many points did Jo Dunne drop? | -",
    ),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    given = parser.parse_args()
    parts = {"rules made on": TABLES, "held out": HELD_OUT}
    print_result({name: measure(tables) for name, tables in parts.items()}, given.json)


def measure(tables: list[tuple[str, str, str]]) -> dict[str, float]:
    asked = answerable = right = wrong = 0
    for title, table, questions in tables:
        text = f"{title} are in the table.\n\n{table}\n\nThe figures were published on Monday."
        hits = [Hit(Passage("a", 0, 0, len(text), text, ()), Article("a", title, text), 1, 1, 1)]
        for line in questions.split("\n"):
            question, _, gold = line.partition(" | ")
            asked += 1
            answerable += gold != "-"
            if question_type(question) is not QuestionType.SPAN:
                continue  # answered by whole sentences
            for cell in cells_asked_for(result_of(hits, question)):
                right += cell.text == gold
                wrong += cell.text != gold
                if cell.text != gold:
                    print(f"{question} {cell.text}, not {gold}", file=sys.stderr)
    return {
        "questions": asked,
        "with an answer in a cell": answerable,
        "cells found": right + wrong,
        "right": right / (right + wrong),
        "answers found": right / answerable,
    }


if __name__ == "__main__":
    main()
