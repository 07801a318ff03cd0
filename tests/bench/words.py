"""What the benchmark's people write: sentences from a vocabulary of our own, common words and rare ones.

Every letter comes from a `Random`, so the same seed fills the same desk.
"""

from collections.abc import Sequence
from itertools import accumulate
from random import Random


def _words(line: str) -> list[str]:
    return line.split()


THINGS = _words(
    "invoice delivery parcel boiler pump valve gutter skylight membrane flashing ladder scaffold pallet roll tile"
    " batten screw bracket sealant primer drum hose compressor heater radiator thermostat kettle oven fridge washer"
    " dryer mixer toaster lamp switch socket cable fuse meter panel inverter battery charger bicycle saddle chain"
    " tyre helmet pedal jacket boot glove zip lining hem button mattress pillow duvet wardrobe hinge drawer shelf"
    " table chair sofa cushion curtain blind rug carpet plank laminate varnish stain brush roller trowel bucket spade"
    " mower hedge trimmer greenhouse pane fence gate latch padlock key alarm camera doorbell router modem contract"
    " tariff deposit voucher refund receipt warranty booking ticket seat luggage cabin transfer hire policy premium"
    " claim survey report drawing permit lease rent boundary drain culvert manhole cistern tap basin shower tray"
    " lens frame hearing aid crutch wheelchair cot pram stroller blanket bottle teat monitor tent groundsheet stove"
    " cartridge printer toner scanner keyboard monitor stand laptop adaptor phone screen watch strap speaker amplifier"
    " guitar string violin bow clarinet reed piano stool metronome easel canvas pigment clay kiln glaze loom shuttle"
)
FAULTS = _words(
    "leaked cracked jammed rusted split peeled warped stuck tripped overheated rattled faded shrank frayed snapped"
    " flooded dripped smoked sparked froze stalled slipped sagged blistered buckled corroded crumbled seized lifted"
    " squealed wobbled tore stained scratched dented chipped melted burst bent loosened drifted hummed flickered"
)
PARTS = _words(
    "seam edge corner lid base handle hinge joint motor belt fan filter gasket nozzle grip strap buckle wheel axle"
    " bearing spring clip cover back front underside lining thread coating film label plug lead dial display hose"
)
PLACES = _words(
    "Aldermoor Brackwell Cinderford Dunmarsh Eastholm Fernhill Garrow Harrowgate Inkberrow Juniper Kestrel Larkfield"
    " Marsham Netherby Oakhanger Pennard Quarry Rushmere Saltburn Thornley Underwood Velden Wexcombe Yarrow Zeal"
    " Birchgrove Copperhill Dovecote Elmstead Foxley Greyfriars Hollins Ironbridge Kilnhurst Lowmoor Millbank"
)
FIRST = _words(
    "Ana Tom Priya Lucia Dale Joan Ray Hal Mina Petra Omar Ngozi Viktor Elif Bram Chloe Dmitri Esme Farid Greta Hugo"
    " Ines Jonas Katja Leon Maud Nils Olga Pavel Rosa Sven Tilda Umar Vera Wim Xenia Yusuf Zita Agnes Bela Carla Dora"
)
LAST = _words(
    "Whitlock Reyes Ferrer Brenner Holloway Okonkwo Pruitt Petty Lindqvist Moreau Novak Osei Pereira Quist Rossi"
    " Sandoval Takeda Ulrich Vance Weber Yilmaz Zander Abbot Birch Calder Dunne Eklund Fenn Grady Hale Ivarsson Jory"
)
DAYS = _words("Monday Tuesday Wednesday Thursday Friday Saturday")
MONTHS = _words("January February March April May June July August September October November December")
FEELINGS = _words(
    "disappointed tired angry worried embarrassed patient stuck ignored puzzled cold wet late furious sad calm"
)
PEOPLE = _words(
    "mother father neighbour tenant driver electrician plumber daughter customer landlord colleague wife"
)

SENTENCES = (
    "The {part} of the {thing} {fault} after {n} days.",
    "I bought the {thing} at your shop in {place} on {n} {month}.",
    "I rang on {day} and was told that someone would call me back, and nobody did.",
    "Your {person} said it was our own fault because of the {part}.",
    "The {thing} you sent me {fault} the first time we used it.",
    "I have written {few} times about the {thing} and still have no answer.",
    "Order {code} came without the {thing}, and the {part} {fault} as well.",
    "My {person} had to stand in the cold while the {thing} {fault}.",
    "It cost me {money} and a whole {day} to put the {part} right.",
    "I am {feeling}, and I would like to know who decides such things in {place}.",
    "The man from {place} looked at the {part} and went away again.",
    "On the invoice it says {money}, but we agreed on {money} on the telephone.",
    "We had the {thing} looked at by a {person} in {place}, who says the {part} {fault} from the start.",
    "Please do not send me another letter about how important I am to you.",
    "I enclose a photograph of the {part}, taken on {day}, where you can see that it {fault}.",
    "What I want is a {thing} that works, and somebody who says what went wrong.",
    "The {thing} with number {code} {fault} in {month}, and again in {month}.",
    "Last {day} the driver left the {thing} in the rain at the gate in {place}.",
    "Nobody told us that the {thing} needs a different {part} in winter.",
    "I waited in from eight until six and nobody came.",
    "Your colleague promised a new {thing} by {day} and {money} for the damage.",
    "The {part} is loose, the {thing} {fault}, and my {person} is {feeling}.",
    "I would like my {money} back, or a {thing} from another lot than {code}.",
    "We are customers since {year} and have never had trouble with a {thing} before.",
    "It happened to our neighbours in {place} too: their {thing} {fault} the same week.",
    "I do not ask for much: collect the {thing}, and tell me the day before.",
)
ANSWERS = (
    "You told us that the {part} of your {thing} {fault}; I have read all of it.",
    "I have asked our people in {place} to look at the {thing} with number {code}.",
    "The {thing} was taken from our store in {place} on {day}.",
    "I write to you again as soon as the {person} in {place} has answered.",
    "Our records show order {code} and an invoice of {money}.",
    "The {part} was fitted the wrong way round, and that was our mistake.",
    "If another day suits you better than {day}, please say so.",
    "I have kept your photographs of the {part} with the case.",
)


def _skewed(words: Sequence[str]) -> list[float]:
    """Some words are said far more often than others."""
    return list(accumulate(1 / (place + 1) ** 0.8 for place in range(len(words))))


_WEIGHTS = {id(words): _skewed(words) for words in (THINGS, FAULTS, PARTS, PLACES)}


class Writer:
    """Writes letters out of one stream of chance."""

    def __init__(self, chance: Random):
        self.chance = chance

    def complaint(self, least: int = 80, most: int = 300) -> str:
        return self._text(SENTENCES, self.chance.randint(least, most))

    def answer(self, least: int = 50, most: int = 120) -> str:
        return "Dear customer,\n\n" + self._text(ANSWERS, self.chance.randint(least, most))

    def line(self) -> str:
        return self._sentence(self.chance.choice(SENTENCES))

    def name(self) -> str:
        return f"{self.chance.choice(FIRST)} {self.chance.choice(LAST)}"

    def subject(self) -> str:
        return f"{self._pick(THINGS)} {self._pick(FAULTS)}, order {self._code()}"

    def _text(self, sentences: Sequence[str], words: int) -> str:
        said, pieces = 0, []
        while said < words:
            sentence = self._sentence(self.chance.choice(sentences))
            said += sentence.count(" ") + 1
            pieces.append(sentence)
        half = len(pieces) // 2
        return " ".join(pieces[:half]) + "\n\n" + " ".join(pieces[half:])

    def _sentence(self, sentence: str) -> str:
        chance = self.chance
        return sentence.format(
            thing=self._pick(THINGS),
            part=self._pick(PARTS),
            fault=self._pick(FAULTS),
            place=self._pick(PLACES),
            person=PEOPLE[int(chance.random() * len(PEOPLE))],
            feeling=FEELINGS[int(chance.random() * len(FEELINGS))],
            day=DAYS[int(chance.random() * 6)],
            month=MONTHS[int(chance.random() * 12)],
            n=2 + int(chance.random() * 27),
            few=2 + int(chance.random() * 5),
            money=f"${20 + int(chance.random() * 900)}",
            year=1998 + int(chance.random() * 25),
            code=self._code(),
        )

    def _pick(self, words: Sequence[str]) -> str:
        return self.chance.choices(words, cum_weights=_WEIGHTS[id(words)])[0]

    def _code(self) -> str:
        return f"{chr(65 + int(self.chance.random() * 26))}{1000 + int(self.chance.random() * 9000)}"
