"""The clothes of the invented shop, and what is known of each of its products."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoProduct:
    """One product of the invented shop. ``themes`` are phrases its reviewers use, with their weights."""

    key: str
    name: str
    category: str
    shape: str
    colour: str
    price: float
    was: float | None
    materials: str
    features: str
    claims: str
    stock: int
    themes: tuple[str, ...]


CLOTHES: tuple[DemoProduct, ...] = (
    DemoProduct(
        "FW-101",
        "Alder Rain Jacket",
        "Jackets",
        "jacket",
        "#3d6b5c",
        89.0,
        109.0,
        "recycled nylon",
        "deep side pockets; packs into its own hood; taped seams",
        "",
        64,
        ("true to size", "very light", "great color", "well made"),
    ),
    DemoProduct(
        "FW-102",
        "Heron Wool Coat",
        "Jackets",
        "coat",
        "#7a5c58",
        189.0,
        None,
        "wool; recycled polyester lining",
        "horn-look buttons; an inside pocket; is cut straight",
        "",
        23,
        ("so warm", "well made", "runs large", "beautiful color"),
    ),
    DemoProduct(
        "FW-103",
        "Moss Quilted Vest",
        "Jackets",
        "vest",
        "#6f7f4f",
        69.0,
        79.0,
        "nylon; recycled filling",
        "two zipped pockets; weighs 320 grams",
        "",
        110,
        ("very light", "so warm", "great fit"),
    ),
    DemoProduct(
        "FW-111",
        "Larkspur Linen Dress",
        "Dresses",
        "dress",
        "#5b6fa8",
        79.0,
        None,
        "linen",
        "side pockets; a tie waist; washes at 30 degrees",
        "",
        48,
        ("soft fabric", "great fit", "flattering", "runs small"),
    ),
    DemoProduct(
        "FW-112",
        "Wren Shirt Dress",
        "Dresses",
        "dress",
        "#b1554f",
        85.0,
        99.0,
        "cotton",
        "buttons down the front; a removable belt",
        "",
        37,
        ("flattering", "great fit", "beautiful color", "easy to wear"),
    ),
    DemoProduct(
        "FW-113",
        "Tansy Jersey Dress",
        "Dresses",
        "dress",
        "#c9962f",
        59.0,
        None,
        "cotton; elastane",
        "three-quarter sleeves; a round neck",
        "",
        92,
        ("comfortable", "soft fabric", "true to size"),
    ),
    DemoProduct(
        "FW-121",
        "Rowan Chunky Knit",
        "Knits",
        "jumper",
        "#a8443c",
        75.0,
        None,
        "wool",
        "a ribbed collar; long cuffs",
        "",
        41,
        ("so warm", "soft", "beautiful color"),
    ),
    DemoProduct(
        "FW-122",
        "Linnet Cardigan",
        "Knits",
        "cardigan",
        "#87916f",
        65.0,
        72.0,
        "cotton",
        "two patch pockets; wooden buttons",
        "",
        58,
        ("soft", "comfortable", "easy to wear"),
    ),
    DemoProduct(
        "FW-123",
        "Drift Merino Sweater",
        "Knits",
        "jumper",
        "#47607a",
        95.0,
        None,
        "merino",
        "washes on the wool cycle; a crew neck",
        "",
        30,
        ("very light", "soft", "well made"),
    ),
    DemoProduct(
        "FW-131",
        "Field Straight Jeans",
        "Trousers",
        "jeans",
        "#37506b",
        79.0,
        None,
        "cotton denim",
        "five pockets; a zip fly; comes in three leg lengths",
        "",
        120,
        ("true to size", "comfortable", "great fit"),
    ),
    DemoProduct(
        "FW-132",
        "Harbour Wide Trousers",
        "Trousers",
        "jeans",
        "#59503f",
        69.0,
        79.0,
        "linen; cotton",
        "an elastic back waist; deep front pockets",
        "",
        66,
        ("comfortable", "flattering", "soft fabric"),
    ),
    DemoProduct(
        "FW-133",
        "Pebble Joggers",
        "Trousers",
        "jeans",
        "#7d7d84",
        49.0,
        None,
        "organic cotton",
        "a drawstring waist; ribbed ankles",
        "",
        140,
        ("comfortable", "soft", "true to size"),
    ),
)
