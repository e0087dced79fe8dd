"""PINs: every single wrong symbol and every swap of neighbours is a typing error, whatever is typed around them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dunkelwerk.dialogues import pins
from dunkelwerk.dialogues.pins import ALPHABET, LENGTH, WEIGHTS

eleven = st.text(alphabet=ALPHABET, min_size=LENGTH - 1, max_size=LENGTH - 1)


def test_the_alphabet_is_a_prime_without_what_is_read_wrongly() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 31
    assert set("01OIL") & set(ALPHABET) == set()


def test_the_weights_catch_every_single_error_and_every_swap() -> None:
    """w·(a-b) and (w-v)·(a-b) are never a multiple of 31 for a ≠ b: a proof over all positions and differences."""
    assert len(WEIGHTS) == LENGTH
    for difference in range(1, 31):
        assert all(weight * difference % 31 for weight in WEIGHTS)
        pairs = [(one, other) for i, one in enumerate(WEIGHTS) for other in WEIGHTS[i + 1 :]]
        assert all((one - other) * difference % 31 for one, other in pairs)


@given(eleven)
def test_every_wrong_symbol_and_every_swap_of_neighbours_is_a_typing_error(symbols: str) -> None:
    pin = pins.with_check(symbols)
    assert not pins.is_typing_error(pin)
    for place in range(LENGTH):
        others = (each for each in ALPHABET if each != pin[place])
        assert all(pins.is_typing_error(pin[:place] + other + pin[place + 1 :]) for other in others)
    for place in range(LENGTH - 1):
        swapped = pin[:place] + pin[place + 1] + pin[place] + pin[place + 2 :]
        assert swapped == pin or pins.is_typing_error(swapped)


@given(st.text(max_size=200))
def test_no_text_is_more_than_a_typing_error(text: str) -> None:
    assert pins.is_typing_error(pins.normalise(text)) in (True, False)


@pytest.mark.parametrize(
    "write",
    [
        str.lower,
        pins.grouped,
        lambda pin: f"  {pins.grouped(pin).replace('-', ' ')}\n",
        lambda pin: pins.grouped(pin).replace("-", " – "),
        lambda pin: pins.grouped(pin).replace("-", "\u2011"),
        "\u00a0".join,
        "\u200b".join,
        lambda pin: pins.grouped(pin).replace("-", "−"),
        lambda pin: "".join(chr(ord(each) + 0xFEE0) for each in pin),
    ],
)
def test_it_may_be_typed_in_many_ways(write: object) -> None:
    pin = pins.generate()
    assert pins.normalise(write(pin)) == pin  # type: ignore[operator]


@pytest.mark.parametrize("text", ["", "-", "ABCD-EFGH", "ABCD-EFGH-JKMN-P", "0000-0000-0000", "ÄÖÜß", "A" * 10_000])
def test_what_is_no_pin_is_a_typing_error(text: str) -> None:
    assert pins.is_typing_error(pins.normalise(text))


def test_pins_are_spread_over_the_alphabet() -> None:
    found = [pins.generate() for _ in range(3000)]
    assert len(set(found)) == len(found)
    for place in range(LENGTH):
        counts = [sum(pin[place] == symbol for pin in found) for symbol in ALPHABET]
        assert min(counts) > 40
        assert max(counts) < 170


def test_its_parts_make_the_whole() -> None:
    pin = pins.generate()
    assert pins.selector_of(pin) + pins.secret_of(pin) + pin[-1] == pin
    assert (len(pins.selector_of(pin)), len(pins.secret_of(pin))) == (5, 6)
    assert pins.grouped(pin) == f"{pin[:4]}-{pin[4:8]}-{pin[8:]}"
