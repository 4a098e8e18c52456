import base64
import gzip

from hypothesis import given
from hypothesis import strategies as st

from bwtop.model.frames import Frame, FrameReader, Section, write_frame

SECTIONS = {"uptime": Section("1.5 2.5", 0), "map": Section('{\n  "124": ["1250000"]\n}', 0), "net": Section("", 1)}

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="#")).map(lambda text: text.rstrip("\n"))


def read(*pieces: str) -> list[Frame]:
    reader = FrameReader()
    return [frame for piece in pieces for frame in reader.feed(piece)]


def test_what_is_written_is_read() -> None:
    assert read(write_frame(1, SECTIONS) + write_frame(2, {})) == [SECTIONS, {}]


@given(
    st.dictionaries(st.sampled_from(["a", "b", "c"]), st.builds(Section, TEXTS, st.integers(0, 255))),
    st.integers(1, 40),
)
def test_frames_survive_being_cut_into_any_pieces(sections: dict[str, Section], size: int) -> None:
    text = write_frame(7, sections)
    assert read(*(text[i : i + size] for i in range(0, len(text), size))) == [sections]


@given(
    st.lists(
        st.sampled_from(["#bwtop begin 1", "#bwtop section a", "#bwtop exit ²", "#bwtop exit", "#bwtop end", "x", ""])
    )
)
def test_marks_in_any_order_do_no_harm(lines: list[str]) -> None:
    for frame in read("\n".join([*lines, ""])):
        assert set(frame) <= {"a"}


def test_a_frame_without_its_end_does_not_count() -> None:
    torn = write_frame(1, SECTIONS).removesuffix("#bwtop end 1\n")
    assert read(torn) == []
    assert read(torn, write_frame(2, {})) == [{}]


def test_text_outside_of_frames_is_noise_and_bounded() -> None:
    reader = FrameReader()
    assert list(reader.feed("sh: not found\n" + write_frame(1, {}))) == [{}]
    assert reader.noise == "sh: not found\n"
    list(reader.feed("x" * 10_000 + "\n"))
    assert len(reader.noise) == reader.NOISE_LIMIT


def test_a_section_that_is_too_long_is_cut_and_fails() -> None:
    reader = FrameReader()
    reader.SECTION_LIMIT = 100
    [frame] = reader.feed(write_frame(1, {"map": Section("line\n" * 50, 0), "net": Section("ok", 0)}))
    assert frame["map"].exit == -1
    assert len(frame["map"].text) <= 100
    assert frame["net"] == Section("ok", 0)


def test_a_line_without_end_is_not_kept_for_ever() -> None:
    reader = FrameReader()
    reader.SECTION_LIMIT = 100
    list(reader.feed("#bwtop begin 1\n#bwtop section map\n"))
    for _ in range(100):
        assert list(reader.feed("x" * 60)) == []
        assert len(reader._rest) <= 160
    [frame] = reader.feed("\n#bwtop exit 0\n#bwtop section net\nok\n#bwtop exit 0\n#bwtop end 1\n")
    assert frame["map"].exit == -1
    assert frame["net"] == Section("ok", 0)


def test_an_exit_status_that_is_no_number_is_a_failure() -> None:
    for status in ("²", "--1", "", "zero"):
        [frame] = read(f"#bwtop begin 1\n#bwtop section a\n#bwtop exit {status}\n#bwtop end 1\n")
        assert frame["a"].exit == -1


def packed(text: str) -> str:
    return f"#bwtop packed {base64.b64encode(gzip.compress(text.encode())).decode()}\n"


def test_a_packed_frame_is_the_frame() -> None:
    text = packed(write_frame(1, SECTIONS))
    assert read(text[:20], text[20:] + write_frame(2, {}), packed(write_frame(3, SECTIONS))) == [SECTIONS, {}, SECTIONS]


def test_what_does_not_unpack_is_told_and_costs_only_itself() -> None:
    whole = packed(write_frame(1, SECTIONS))
    for broken in ("#bwtop packed\n", "#bwtop packed ###\n", f"{whole[:60]}\n", packed("no frame")):
        reader = FrameReader()
        assert list(reader.feed(broken)) == []
        assert reader.broken.startswith("a packed frame ")
        assert list(reader.feed(write_frame(2, SECTIONS))) == [SECTIONS]
    assert list(reader.feed("#bwtop packed AAAA\n")) == []
    assert reader.broken.startswith("a packed frame does not unpack: ")
    assert list(reader.feed(whole)) == [SECTIONS]
    assert reader.broken == ""


def test_a_frame_that_is_packed_beyond_measure_is_not_unpacked_whole() -> None:
    bomb = write_frame(1, {"map": Section("x" * FrameReader.PACKED_LIMIT, 0)})
    assert read(packed(bomb)) == []
