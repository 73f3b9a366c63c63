import pytest

from comity.entrypoints.console.doors import safe_next
from comity.entrypoints.console.officers import Officer, Permission, Role, roles_permitting


@pytest.mark.parametrize(
    ("role", "home"),
    [
        ("examiner", "/console/arrivals"),
        ("analyst", "/console/arrivals"),
        ("legal", "/console/agreements"),
        ("engineer", "/console/partners"),
        ("admin", "/console/arrivals"),
    ],
)
def test_each_role_has_its_first_page(role, home):
    assert Officer("amina", frozenset({Role(role)})).home == home


def test_only_examiners_and_administrators_record_examinations():
    permitted = {role for role in Role if Officer("a", frozenset({role})).may(Permission.RECORD_EXAMINATION)}

    assert permitted == {Role.EXAMINER, Role.ADMIN}


def test_an_engineer_sees_no_declaration():
    assert not Officer("a", frozenset({Role.ENGINEER})).may(Permission.READ_ARRIVALS)
    assert not Officer("a", frozenset({Role.ENGINEER})).may(Permission.TAKE_EVIDENCE)


def test_two_roles_permit_what_either_does():
    officer = Officer("a", frozenset({Role.EXAMINER, Role.LEGAL}))

    assert officer.may(Permission.RECORD_EXAMINATION)
    assert officer.may(Permission.READ_LEDGER)


def test_a_decision_names_who_may_overrule_it():
    assert roles_permitting(Permission.OVERRIDE_LANE) == ["Examiner", "Risk analyst"]


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example/console",
        "//evil.example",
        "/console//evil.example",
        "/console\\evil",
        "javascript:alert(1)",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(asked):
    assert safe_next(asked, "/console") == "/console"


def test_signing_in_leads_back_to_the_page_asked_for():
    assert safe_next("/console/arrivals?lane=red", "/console") == "/console/arrivals?lane=red"
