"""A nomenclature of a few subheadings and terms of invented trade: enough to learn from in a moment."""

from comity.features.tariff.classification.nomenclature import Nomenclature
from comity.features.tariff.classification.train import Lesson, Term

NOMENCLATURE = Nomenclature(
    "HS2022",
    {
        "03": "Fish and crustaceans",
        "0302": "Fish; fresh or chilled",
        "030214": "Fish; fresh or chilled, Atlantic salmon",
        "0306": "Crustaceans; frozen or fresh",
        "030617": "Crustaceans; frozen, shrimps and prawns",
        "09": "Coffee, tea and spices",
        "0901": "Coffee, whether or not roasted",
        "090121": "Coffee; roasted, not decaffeinated",
        "090122": "Coffee; roasted, decaffeinated",
        "0902": "Tea",
        "090210": "Tea, green; in packings not exceeding 3kg",
        "61": "Apparel, knitted or crocheted",
        "6109": "T-shirts, singlets and vests; knitted or crocheted",
        "610910": "T-shirts, singlets and other vests; of cotton, knitted or crocheted",
        "610990": "T-shirts, singlets and other vests; of textile materials other than cotton, knitted",
        "84": "Machinery",
        "8413": "Pumps for liquids",
        "841330": "Pumps; fuel, lubricating or cooling medium pumps for internal combustion piston engines",
        "841381": "Pumps and liquid elevators; n.e.c. in heading no. 8413",
    },
)
TERMS = tuple(
    Term(text, code)
    for text, code in (
        ("salmon fillets chilled", "0302140000"),
        ("whole atlantic salmon", "0302140000"),
        ("king prawns frozen", "0306179900"),
        ("shrimps, frozen, shelled", "0306179200"),
        ("espresso coffee, roast", "0901210000"),
        ("ground coffee", "0901210000"),
        ("decaf coffee", "0901220000"),
        ("green tea bags", "0902100000"),
        ("sencha green leaf tea", "0902100000"),
        ("cotton tee", "6109100010"),
        ("polyester running shirt knitted", "6109909000"),
        ("t-shirt, printed, cotton", "6109100010"),
        ("engine oil pump", "8413300000"),
        ("fuel pumps for diesel engines", "8413300000"),
        ("garden fountain pump", "8413810000"),
        ("hand pump for wells", "8413810000"),
    )
)
VAGUE = ("sample", "various", "gift", "parts", "new item", "order 12", "goods", "mixed lot")


def a_lesson(**changed: object) -> Lesson:
    """Return the lesson, without vectors of meaning."""
    return Lesson(**({"terms": TERMS, "vague": VAGUE, "nomenclature": NOMENCLATURE, "vectors": None} | changed))
