"""Feature flags: who may learn, explore, share, take over, and go back by itself."""

import json
from dataclasses import FrozenInstanceError

import pytest

from dana_learning import ParameterError
from dana_learning.flags import FeatureFlags, Flags


def test_sharing_is_off_until_the_owner_says_so() -> None:
    """Learning is on; giving to and taking from others is not."""
    flags = FeatureFlags()
    assert [flags.may("any", one) for one in ("learn", "explore", "share", "transfer", "revert")] == [
        True, True, False, False, True,
    ]  # fmt: skip


def test_a_function_adds_to_what_holds_for_everyone() -> None:
    """Its own entry is read on top of that of `*`."""
    flags = FeatureFlags.from_mapping({"*": {"explore": False, "share": True}, "fetch": {"explore": True}})
    assert flags.may("fetch", "share")
    assert flags.may("fetch", "explore")
    assert not flags.may("other", "explore")
    assert FeatureFlags.from_mapping(json.loads(json.dumps(flags.to_mapping()))) == flags


def test_what_does_not_learn_neither_explores_nor_takes_over() -> None:
    """It may still go back to the start."""
    flags = FeatureFlags.from_mapping({"fetch": {"learn": False, "transfer": True}})
    assert not flags.may("fetch", "explore")
    assert not flags.may("fetch", "transfer")
    assert flags.may("fetch", "revert")


def test_flags_are_frozen() -> None:
    """Nobody opts in somebody else at run time."""
    flags = FeatureFlags.from_mapping({"fetch": {}})
    with pytest.raises(FrozenInstanceError):
        flags.of("fetch").share = True  # type: ignore[misc]
    with pytest.raises(TypeError):
        flags.functions["fetch"] = Flags(share=True)  # type: ignore[index]


@pytest.mark.parametrize("wrong", [{"fetch": {"shares": True}}, {"fetch": {"share": 1}}, {"fetch": True}])
def test_what_cannot_be_is_refused(wrong: dict[str, object]) -> None:
    """A misspelt flag must not be silently off."""
    with pytest.raises(ParameterError):
        FeatureFlags.from_mapping(wrong)  # type: ignore[arg-type]
