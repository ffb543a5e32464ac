"""Names of delivery charges: delivery is free here (R3)."""

import re

# In the languages of price lists, as the beginning of a word, or of the last part of a
# compound word.
WORDS = (
    "deliver",
    "shipping",
    "shipment",
    "freight",
    "postage",
    "courier",
    "koerier",
    "zustell",
    "lever(ing|en|kosten)",
    "aflever",
    "bezorg",
    "verzend",
    "vracht",
    "transport",
    "liefer",
    "versand",
    "fracht",
    "livraison",
)
PATTERN = re.compile("|".join(WORDS), re.IGNORECASE)


def sounds_like_delivery(name):
    """Whether a product with this name may be a delivery.

    >>> sounds_like_delivery("Delivery on Saturday"), sounds_like_delivery("Laptop")
    (True, False)
    >>> sounds_like_delivery("Zaterdaglevering"), sounds_like_delivery(None)
    (True, False)
    """
    return bool(PATTERN.search(name or ""))
