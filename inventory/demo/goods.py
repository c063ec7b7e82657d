"""What the demo shop sells: names, prices and sizes of our own invention."""

from dataclasses import dataclass
from typing import Final

from inventory.states import StorageClass, Tracking

BRANDS: Final = (
    ("HLD", "Halden & Son"),
    ("MIR", "Mirabo"),
    ("TLV", "Tolva"),
    ("SOR", "Sorrelby"),
    ("PEN", "Penlake"),
    ("VST", "Vestnord"),
    ("KTW", "Kettlewright"),
    ("OSM", "Osmer Works"),
)

# What a variant is chosen by, and what it adds to the price (in hundredths) and to weight and size.
AXES: Final[dict[str, tuple[tuple[str, str, int], ...]]] = {
    "": (("", "", 100),),
    "colour": (("oat", "OAT", 100), ("slate", "SLA", 100), ("moss", "MOS", 100), ("brick", "BRK", 100)),
    "diameter": (("20 cm", "20", 100), ("24 cm", "24", 125), ("28 cm", "28", 150)),
    "volume": (("1 litre", "1L", 100), ("2 litres", "2L", 150), ("4 litres", "4L", 220)),
    "size": (("small", "S", 100), ("medium", "M", 130), ("large", "L", 170)),
    "set": (("single", "1", 100), ("set of 4", "4", 360)),
    "weight": (("250 g", "250", 100), ("500 g", "500", 180)),
}


@dataclass(frozen=True, slots=True)
class Good:
    """One kind of thing: price in cents, weight in grams, sides in millimetres, the axis of its variants."""

    noun: str
    cents: int
    grams: int
    sides: tuple[int, int, int]
    axis: str = ""


@dataclass(frozen=True, slots=True)
class Range:
    """A category with what stands on it. Each good comes in both lines: “Ember saucepan”, “Birch saucepan”."""

    code: str
    name: str
    parent: str
    lines: tuple[str, str]
    shape: str
    hs_code: str
    goods: tuple[Good, ...]
    tracking: str = Tracking.NONE
    has_expiry: bool = False
    storage_class: str = StorageClass.NORMAL
    carton: int = 6


PARENTS: Final = (("KITCHEN", "Kitchen"), ("HOME", "Home"), ("OUTDOOR", "Garden and outdoor"))

RANGES: Final = (
    Range("POTS", "Pots and pans", "KITCHEN", ("Ember", "Birch"), "pot", "732393", (
        Good("saucepan", 3490, 980, (320, 190, 120), "volume"), Good("frying pan", 3990, 1250, (460, 290, 70), "diameter"),
        Good("stock pot", 6990, 2600, (330, 300, 240), "volume"), Good("griddle", 4450, 2100, (480, 280, 60)),
        Good("casserole", 7990, 4200, (340, 290, 180), "colour"), Good("milk pan", 2490, 620, (280, 150, 100)),
        Good("steamer insert", 1890, 480, (260, 260, 110), "diameter"), Good("kettle", 4290, 1150, (240, 210, 230), "colour"),
        Good("roasting tin", 2990, 1400, (410, 310, 80)),
    )),
    Range("KNIVES", "Knives and boards", "KITCHEN", ("Fjell", "Anvil"), "knife", "821191", (
        Good("chef's knife", 5990, 260, (340, 60, 30)), Good("bread knife", 4490, 220, (360, 50, 30)),
        Good("paring knife", 1990, 90, (210, 40, 20), "set"), Good("cutting board", 3290, 1500, (400, 280, 25), "size"),
        Good("knife block", 6490, 2900, (230, 150, 240)), Good("kitchen shears", 2290, 180, (240, 90, 20)),
        Good("sharpening stone", 2790, 700, (210, 80, 40)), Good("mezzaluna", 2590, 310, (230, 150, 40)),
        Good("oyster knife", 1690, 140, (170, 50, 30)),
    ), carton=12),
    Range("TABLE", "Plates and bowls", "KITCHEN", ("Dune", "Harbour"), "bowl", "691200", (
        Good("dinner plate", 1290, 640, (270, 270, 25), "colour"), Good("soup bowl", 990, 420, (180, 180, 70), "colour"),
        Good("mug", 890, 330, (120, 90, 100), "set"), Good("serving dish", 2990, 1600, (380, 260, 60), "size"),
        Good("salad bowl", 3490, 1450, (300, 300, 120)), Good("espresso cup", 690, 160, (80, 60, 65), "set"),
        Good("egg cup", 390, 80, (50, 50, 70), "set"), Good("jug", 2190, 820, (170, 130, 210), "volume"),
        Good("cake stand", 3890, 1900, (290, 290, 140)),
    ), carton=12),
    Range("PANTRY", "Pantry", "KITCHEN", ("Grove", "Old Mill"), "jar", "210390", (
        Good("olive oil", 1390, 1020, (80, 80, 290), "set"), Good("sea salt", 490, 520, (80, 80, 110), "weight"),
        Good("black tea", 790, 270, (90, 90, 120), "weight"), Good("coffee beans", 1190, 530, (120, 80, 240), "weight"),
        Good("wildflower honey", 890, 640, (80, 80, 110)), Good("mustard", 450, 260, (70, 70, 90)),
        Good("chilli flakes", 390, 60, (50, 50, 100)), Good("fig jam", 590, 380, (70, 70, 90)),
        Good("dried mushrooms", 990, 70, (160, 120, 60)),
    ), Tracking.LOT, has_expiry=True, carton=12),
    Range("LINEN", "Linen", "HOME", ("Lull", "Meadow"), "cloth", "630260", (
        Good("bath towel", 2490, 560, (380, 280, 60), "colour"), Good("hand towel", 1290, 210, (260, 180, 40), "colour"),
        Good("tea towel", 790, 110, (220, 160, 15), "set"), Good("tablecloth", 4990, 720, (340, 260, 40), "size"),
        Good("napkin", 590, 60, (180, 180, 8), "set"), Good("cushion cover", 1990, 190, (300, 240, 20), "colour"),
        Good("bed throw", 6990, 1600, (420, 340, 120), "colour"), Good("apron", 2290, 280, (300, 220, 30)),
        Good("oven glove", 1490, 160, (330, 190, 30)),
    ), carton=24),
    Range("LIGHT", "Lamps and candles", "HOME", ("Wick", "Glim"), "lamp", "940520", (
        Good("table lamp", 7990, 2300, (280, 280, 420), "colour"), Good("pillar candle", 1190, 640, (80, 80, 160), "size"),
        Good("reading lamp", 6490, 1700, (300, 180, 380)), Good("lantern", 3990, 1300, (180, 180, 320), "size"),
        Good("candle holder", 1590, 380, (110, 110, 90)), Good("paper shade", 1790, 260, (360, 360, 60)),
        Good("string of lights", 2990, 450, (180, 160, 90)), Good("lamp oil", 990, 950, (90, 90, 240)),
        Good("snuffer", 890, 90, (230, 50, 40)),
    )),
    Range("STORE", "Baskets and boxes", "HOME", ("Reed", "Cove"), "basket", "460219", (
        Good("laundry basket", 4990, 1800, (420, 420, 560), "colour"), Good("storage box", 1990, 900, (360, 260, 180), "size"),
        Good("bread basket", 1790, 320, (280, 200, 90)), Good("magazine rack", 3490, 1500, (380, 200, 320)),
        Good("drawer organiser", 1490, 410, (320, 220, 60)), Good("key tray", 990, 260, (200, 140, 25)),
        Good("wall hook rail", 2490, 850, (600, 90, 60)), Good("coat hanger", 490, 160, (440, 220, 20), "set"),
        Good("umbrella stand", 4490, 3100, (240, 240, 520)),
    )),
    Range("BATH", "Bath", "HOME", ("Tarn", "Pebble"), "drop", "340130", (
        Good("soap dish", 890, 240, (130, 90, 30), "colour"), Good("hand soap", 690, 520, (70, 70, 180)),
        Good("bath brush", 1290, 180, (420, 80, 50)), Good("toothbrush cup", 790, 290, (80, 80, 110), "colour"),
        Good("bath mat", 2990, 950, (420, 300, 60), "colour"), Good("shower caddy", 2490, 780, (300, 120, 420)),
        Good("mirror", 4990, 2400, (420, 420, 40)), Good("bath salt", 1190, 640, (90, 90, 140)),
        Good("sponge", 390, 20, (140, 90, 60), "set"),
    ), carton=12),
    Range("TOOLS", "Garden tools", "OUTDOOR", ("Spruce", "Field"), "spade", "820130", (
        Good("hand trowel", 1490, 260, (330, 80, 60)), Good("secateurs", 2990, 280, (220, 60, 30)),
        Good("spade", 4490, 2100, (1100, 190, 120)), Good("rake", 3290, 1500, (1500, 360, 80)),
        Good("watering can", 2790, 900, (420, 180, 340), "volume"), Good("garden gloves", 1290, 110, (260, 120, 30), "size"),
        Good("kneeling mat", 1190, 220, (420, 260, 40)), Good("twine", 590, 240, (90, 90, 110)),
        Good("hose reel", 5990, 4300, (480, 300, 460)),
    )),
    Range("PLANT", "Planters", "OUTDOOR", ("Terra", "Quarry"), "plant", "691490", (
        Good("planter", 2490, 2300, (260, 260, 240), "size"), Good("window box", 2990, 2600, (600, 180, 170), "colour"),
        Good("saucer", 590, 480, (240, 240, 30), "size"), Good("hanging pot", 1990, 1100, (220, 220, 200), "colour"),
        Good("propagator", 2290, 800, (380, 240, 190)), Good("seed tray", 690, 180, (360, 220, 50), "set"),
        Good("plant label", 390, 60, (120, 40, 10), "set"), Good("trellis", 3490, 2200, (1200, 400, 30)),
        Good("compost bucket", 2690, 1300, (230, 230, 280)),
    ), carton=4),
    Range("CAMP", "Camping", "OUTDOOR", ("Trail", "Kestrel"), "tent", "630622", (
        Good("head torch", 3490, 120, (90, 70, 60), "colour"), Good("camp stove", 5990, 640, (150, 150, 110)),
        Good("flask", 2690, 390, (80, 80, 270), "volume"), Good("sleeping mat", 6990, 720, (560, 150, 150)),
        Good("dry bag", 1990, 180, (300, 160, 50), "size"), Good("tarp", 4990, 860, (320, 140, 120), "colour"),
        Good("camp mug", 1190, 130, (110, 90, 85), "colour"), Good("weather radio", 5490, 430, (160, 90, 70)),
        Good("fire striker", 1290, 60, (120, 40, 20)),
    ), Tracking.NONE, carton=8),
    Range("SEATS", "Garden furniture", "OUTDOOR", ("Alder", "Veranda"), "chair", "940161", (
        Good("folding chair", 5990, 4800, (920, 480, 120), "colour"), Good("bench", 18990, 16500, (1250, 620, 240)),
        Good("side table", 6990, 5200, (520, 520, 110)), Good("deck chair", 8990, 6900, (1150, 620, 160), "colour"),
        Good("parasol", 11990, 7400, (1600, 220, 220), "colour"), Good("hammock", 7490, 2100, (420, 280, 180)),
        Good("outdoor rug", 6490, 3900, (1250, 180, 180), "size"), Good("fire bowl", 14990, 12800, (650, 650, 320)),
        Good("storage chest", 15990, 14200, (1220, 560, 260)),
    ), storage_class=StorageClass.OVERSIZE, carton=2),
)  # fmt: skip

# Goods that need more than their range says.
SERIAL_NUMBERS: Final = frozenset({"weather radio", "head torch"})
HAZARDOUS: Final = frozenset({"lamp oil", "camp stove", "fire striker"})
VALUABLE: Final = frozenset({"chef's knife"})
