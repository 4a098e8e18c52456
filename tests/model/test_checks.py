from bwtop.model.checks import Check, Finding, merged, tally, unchecked, worst


def check(name: str, finding: Finding, *objects: str, evidence: str = "seen") -> Check:
    return Check(name=name, finding=finding, evidence=evidence, objects=objects)


def test_checks_that_differ_in_their_objects_only_become_one_where_the_first_stood() -> None:
    found = merged(
        [
            check("agent", Finding.OK, "n1"),
            check("agent", Finding.FAILURE, "n2"),
            check("agent", Finding.OK, "n3"),
            check("operator", Finding.OK),
        ]
    )
    assert [(one.name, one.finding, one.objects) for one in found] == [
        ("agent", Finding.OK, ("n1", "n3")),
        ("agent", Finding.FAILURE, ("n2",)),
        ("operator", Finding.OK, ()),
    ]


def test_other_evidence_is_another_check() -> None:
    assert len(merged([check("a", Finding.OK, "n1", evidence="x"), check("a", Finding.OK, "n2", evidence="y")])) == 2


def test_a_failure_counts_before_what_is_not_known_and_that_before_a_warning() -> None:
    ok, warning = check("a", Finding.OK), check("b", Finding.WARNING)
    unknown, failure = unchecked("c", "forbidden"), check("d", Finding.FAILURE)
    assert worst([]) is Finding.OK
    assert worst([ok, warning]) is Finding.WARNING
    assert worst([ok, unknown, warning]) is Finding.UNKNOWN
    assert worst([ok, unknown, failure, warning]) is Finding.FAILURE


def test_what_is_not_known_says_why() -> None:
    assert unchecked("agent", "forbidden").evidence == "could not check: forbidden"


def test_a_tally_counts_what_there_is() -> None:
    failure = check("d", Finding.FAILURE)
    assert tally([check("a", Finding.OK), failure, failure]) == "1 ok, 2 failures"
    assert tally([unchecked("a", "b")]) == "1 could not be checked"
