"""Envelope encryption and signatures."""

import pytest

from nodeloom.adapters.vault import SecretDamaged, Vault, WrongKey, mask

OLD, NEW = "the key of last year", "the key of this year"


def test_what_is_sealed_opens_with_the_same_key_and_row() -> None:
    sealed = Vault([NEW]).encrypt(b"hunter2", bound_to="con_1")
    assert Vault([NEW]).decrypt(sealed, bound_to="con_1") == b"hunter2"
    assert b"hunter2" not in sealed


def test_the_newest_key_seals_and_older_ones_still_open() -> None:
    sealed = Vault([OLD]).encrypt(b"x", bound_to="con_1")
    both = Vault([NEW, OLD])
    assert both.decrypt(sealed, bound_to="con_1") == b"x"
    assert Vault([NEW]).knows(both.encrypt(b"x", bound_to="con_1"))


def test_a_lost_key_is_named_as_such() -> None:
    sealed = Vault([OLD]).encrypt(b"x", bound_to="con_1")
    assert not Vault([NEW]).knows(sealed)
    with pytest.raises(WrongKey, match="NODELOOM_SECRET_KEY"):
        Vault([NEW]).decrypt(sealed, bound_to="con_1")


def test_a_secret_opens_only_in_its_own_row() -> None:
    vault = Vault([NEW])
    with pytest.raises(SecretDamaged):
        vault.decrypt(vault.encrypt(b"x", bound_to="con_1"), bound_to="con_2")


def test_every_changed_byte_is_noticed() -> None:
    vault = Vault([NEW])
    sealed = vault.encrypt(b"x", bound_to="con_1")
    for index in range(len(sealed)):
        changed = bytearray(sealed)
        changed[index] ^= 1
        with pytest.raises((SecretDamaged, WrongKey)):
            vault.decrypt(bytes(changed), bound_to="con_1")


@pytest.mark.parametrize("length", [0, 1, 9, 20, 60, 80])
def test_a_cut_secret_is_damaged(length: int) -> None:
    vault = Vault([NEW])
    with pytest.raises((SecretDamaged, WrongKey)):
        vault.decrypt(vault.encrypt(b"x", bound_to="con_1")[:length], bound_to="con_1")


def test_a_signature_holds_for_its_message_and_purpose_alone() -> None:
    vault = Vault([NEW, OLD])
    signature = vault.sign(b"run_1", purpose="result")
    assert vault.verify(b"run_1", signature, purpose="result")
    assert not vault.verify(b"run_2", signature, purpose="result")
    assert not vault.verify(b"run_1", signature, purpose="resume")


def test_a_signature_of_the_old_key_still_holds() -> None:
    signature = Vault([OLD]).sign(b"run_1", purpose="result")
    assert Vault([NEW, OLD]).verify(b"run_1", signature, purpose="result")
    assert not Vault([NEW]).verify(b"run_1", signature, purpose="result")


def test_masking_takes_the_longer_secret_first_and_leaves_short_ones() -> None:
    assert mask("abcdef abcd a", ["abcd", "abcdef", "a"]) == "••• ••• a"
