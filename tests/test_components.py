"""The list of third-party components is complete, and its licences are those that the packages declare."""

from importlib import metadata

import pytest

from tests.components_page import COMPONENTS, PAGE, page, required

FAMILIES = {"Apache-2.0": "apache", "BSD-3-Clause": "bsd", "MIT": "mit", "MIT-CMU": "mit-cmu"}


def test_the_page_of_components_is_up_to_date() -> None:
    """Run ``python -m tests.components_page`` after a change of the dependencies."""
    assert set(COMPONENTS) == set(required())
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("name", list(COMPONENTS))
def test_the_licence_is_what_the_package_declares(name: str) -> None:
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        pytest.skip("not installed here")
    declared = " ".join([about.get("License-Expression") or "", *(about.get_all("Classifier") or [])]).lower()
    assert FAMILIES[COMPONENTS[name].licence] in declared
