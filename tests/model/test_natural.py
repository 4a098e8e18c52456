from bwtop.model.natural import natural


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["node-10", "node-9", "10.0.0.12", "10.0.0.9", "a", "node-9-b"]
    assert sorted(names, key=natural) == ["10.0.0.9", "10.0.0.12", "a", "node-9", "node-9-b", "node-10"]


def test_any_text_can_be_compared_with_any_other() -> None:
    texts = ["", "1", "a1", "1a", "²", "9" * 5000, "x" * 2000 + "7", "٣"]
    assert len(sorted(texts, key=natural)) == len(texts)
