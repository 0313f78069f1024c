"""Files that leave the hub: a version for every change, proven bytes, and who took them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from schemas.api_keys import Tenancy
from schemas.errors import StoreError
from store import copying, files
from store.engine import Store
from store.files import FileRow, Form

NOTE = Form(
    source="ut11",
    counterparty_id="party",
    subject="document",
    subject_id="note",
    form="РасходнаяНакладная",
    language="ru",
    media_type="application/pdf",
)


def give(store: Store, body: bytes, form: Form = NOTE, of_version: str = "1") -> FileRow:
    with store.transaction() as tx:
        return files.give(
            tx, store, form, body, name="note.pdf", origin="accounting_system", of_version=of_version
        )


def test_the_same_bytes_are_the_same_version(store: Store) -> None:
    first, again, other = give(store, b"one"), give(store, b"one"), give(store, b"two")
    assert first == again
    assert (first.version, other.version) == (1, 2)
    assert first.id != other.id
    assert [files.read(store, row) for row in (first, other)] == [b"one", b"two"]


def test_the_same_bytes_show_the_document_as_it_is_now(store: Store) -> None:
    give(store, b"one", of_version="1")
    row = give(store, b"one", of_version="2")
    with store.reading() as tx:
        assert files.get(tx, row.id) == row
    assert (row.version, row.of_version) == (1, "2")


def test_the_last_version_of_every_form_and_language_is_listed(store: Store) -> None:
    give(store, b"one")
    russian, english = give(store, b"two"), give(store, b"en", replace(NOTE, language="en"))
    invoice = give(store, b"inv", replace(NOTE, form="invoice"))
    give(store, b"other", replace(NOTE, subject_id="another"))
    give(store, b"statement", replace(NOTE, subject="statement"))
    with store.reading() as tx:
        found = files.latest(tx, "ut11", "document", "note")
    assert sorted(row.id for row in found) == sorted(row.id for row in (russian, english, invoice))


def test_who_took_an_older_version_is_told_that_the_file_changed(store: Store) -> None:
    first, english = give(store, b"one"), give(store, b"en", replace(NOTE, language="en"))
    with store.transaction() as tx:
        files.note_read(tx, first, "key:1")
        files.note_read(tx, first, "user:olga")
        files.note_read(tx, english, "key:1")
        assert not files.changed_since_read(tx, first, "key:1")
    second = give(store, b"two")
    with store.transaction() as tx:
        assert files.changed_since_read(tx, second, "key:1")
        assert not files.changed_since_read(tx, second, "key:2")  # who never took it is told of no change
        assert files.changed_since_read_of(tx, [second, english], "key:1") == {second.id}
        files.note_read(tx, second, "key:1")
        assert not files.changed_since_read(tx, second, "key:1")
        assert files.changed_since_read(tx, second, "user:olga")
        assert [(one.by, one.version) for one in files.readers(tx, second)] == [
            ("key:1", 2),
            ("user:olga", 1),
            ("key:1", 1),
        ]


def test_nobody_sees_the_files_of_another_company(store: Store) -> None:
    row = give(store, b"one")
    stranger = Tenancy("ut11", frozenset({"another"}))
    with store.reading(stranger) as tx:
        assert files.get(tx, row.id) is None
        assert files.latest(tx, "ut11", "document", "note") == []
        assert files.readers(tx, row) == []


def test_a_document_that_is_written_to_another_company_gives_that_company_a_file_of_its_own(
    store: Store,
) -> None:
    mine = give(store, b"one")
    theirs = give(store, b"one", replace(NOTE, counterparty_id="another"))
    assert (theirs.version, theirs.counterparty_id) == (2, "another")
    with store.reading() as tx:
        assert files.get(tx, mine.id) == mine


def test_lost_and_spoilt_bytes_are_never_given_out(store: Store) -> None:
    row = give(store, b"one")
    (file,) = Path(store.blobs.root, "files").rglob("*.zst")
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(StoreError, match="cannot be unpacked"):
        files.read(store, row)
    file.unlink()
    with pytest.raises(StoreError, match="is not there"):
        files.read(store, row)
    assert give(store, b"one") == row  # made again it is there again
    assert files.read(store, row) == b"one"


def test_bytes_are_kept_apart_from_what_is_landed(store: Store) -> None:
    give(store, b"one")
    kept = files.keep(store, b"uploaded")
    assert files.body(store, kept.sha256) == b"uploaded"
    assert {path.name for path in Path(store.blobs.root).iterdir()} == {"files"}


def test_a_replay_keeps_what_was_given_out_before_and_while_it_went_on(store: Store, tmp_path: Path) -> None:
    first = give(store, b"one")
    target = copying.new(f"sqlite:///{tmp_path / 'new.db'}", f"file://{store.blobs.root}")
    copying.begin(store, target, run_id="run")
    second = give(store, b"two")
    with store.transaction() as tx:
        files.note_read(tx, first, "key:1")
        files.note_read(tx, second, "key:1")
    copying.finish(store, target)
    with target.reading() as tx:
        assert [files.get(tx, row.id) for row in (first, second)] == [first, second]
        assert [one.version for one in files.readers(tx, second)] == [2, 1]
    assert files.read(target, second) == b"two"
    target.close()
