"""Plots of names that a note spells otherwise than the register: the same person all the same."""

from dunkelwerk.lines.credit_protection.synthetic.people import pick
from dunkelwerk.lines.credit_protection.synthetic.scene import Scene

_ASCII = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"})
_UMLAUT_NAMES = ("Müller", "Schröder", "Groß", "Jäger", "Weiß", "Köhler", "von der Lühe", "Özdemir", "Schäfer", "Böß")
_DOUBLE_NAMES = ("Müller-Lüdenscheidt", "Groß-Meier", "Schulze-Böhm", "Öztürk-Krause", "El-Khatib", "Janßen-Voß")
_DOUBLE_FIRST_NAMES = {"Frau": ("Anna-Lena", "Eva-Maria", "Ann-Kathrin"), "Herr": ("Hans-Peter", "Karl-Heinz")}
_STORED_WITHOUT_UMLAUT = (("Mueller", "Müller"), ("Schroeder", "Schröder"), ("Gross", "Groß"), ("Koenig", "König"))
_APOSTROPHES = (("O'Connor", "O’Connor"), ("D'Angelo", "D´Angelo"), ("N'Diaye", "N`Diaye"))


def without_umlaut(scene: Scene) -> None:
    scene.person["last_name"] = pick(scene.rng, _UMLAUT_NAMES)
    scene.settle()
    for name in ("last_name", "first_name"):
        scene.notice[name] = scene.notice[name].translate(_ASCII)


def umlaut_missing_in_register(scene: Scene) -> None:
    stored, written = pick(scene.rng, _STORED_WITHOUT_UMLAUT)
    scene.person["last_name"] = stored
    scene.settle()
    scene.notice["last_name"] = written


def in_capitals(scene: Scene) -> None:
    scene.settle()
    for name in ("last_name", "first_name"):
        scene.notice[name] = scene.notice[name].upper()


def hyphen_missing(scene: Scene) -> None:
    scene.person["last_name"] = pick(scene.rng, _DOUBLE_NAMES)
    scene.settle()
    scene.notice["last_name"] = scene.notice["last_name"].replace("-", " ")


def other_apostrophe(scene: Scene) -> None:
    stored, written = pick(scene.rng, _APOSTROPHES)
    scene.person["last_name"] = stored
    scene.settle()
    scene.notice["last_name"] = written


def title_left_out(scene: Scene) -> None:
    plain = scene.person["last_name"].removeprefix("Prof. ").removeprefix("Dr. ")
    scene.person["last_name"] = f"Dr. {plain}"
    scene.settle()
    scene.notice["last_name"] = plain


def title_added(scene: Scene) -> None:
    scene.settle()
    scene.notice["first_name"] = pick(scene.rng, ("Dr. ", "Dr.", "Prof. Dr. ")) + scene.notice["first_name"]


def one_of_two_first_names(scene: Scene) -> None:
    scene.person["first_name"] = pick(scene.rng, _DOUBLE_FIRST_NAMES[scene.person["salutation"]])
    scene.settle()
    scene.notice["first_name"] = scene.notice["first_name"].split("-")[0]


def twins_told_apart(scene: Scene) -> None:
    """Two insured persons with one last name, birth date and first of two first names: the whole name decides."""
    make_twins(scene)
    scene.settle()


def make_twins(scene: Scene) -> None:
    """Make the two insured persons alike up to their second first name."""
    one, other = scene.persons
    for each, name in ((one, "Anna Maria"), (other, "Anna Luise")):
        each.update(first_name=name, last_name=one["last_name"], birth_date=one["birth_date"], salutation="Frau")
    scene.born[1] = scene.born[0]
