"""Our storage and table answer as stock TinyDB does, whatever is asked in whatever order, reopened and compacted or not."""

from __future__ import annotations

import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tinydb import TinyDB, where
from tinydb.storages import Storage
from tinydb.table import Document

from dana_learning.journal import JournalStorage, JournalTable, open_database

if TYPE_CHECKING:
    from collections.abc import Callable


class JsonInMemory(Storage):
    """What stock TinyDB does to a file, without the file."""

    def __init__(self) -> None:
        self.text: str | None = None

    def read(self) -> dict[str, dict[str, Any]] | None:
        """Parse everything."""
        found: dict[str, dict[str, Any]] | None = None if self.text is None else json.loads(self.text)
        return found

    def write(self, data: dict[str, dict[str, Any]]) -> None:
        """Write everything."""
        self.text = json.dumps(data)


def plain(answer: Any) -> Any:
    """Return an answer with the ids of its documents."""
    if isinstance(answer, Document):
        return (answer.doc_id, type(answer.doc_id), dict(answer))
    if isinstance(answer, list):
        return [plain(one) for one in answer]
    return answer


def outcome(call: Callable[[], Any]) -> Any:
    """Return the answer of a call, or the kind of its error."""
    try:
        return plain(call())
    except (ValueError, TypeError, RuntimeError, KeyError, ZeroDivisionError) as error:
        return type(error)


def explode(document: Any) -> None:
    """Change a document, then fail."""
    document["n"] = "changed"
    raise ZeroDivisionError


def grow(document: Any) -> None:
    """Change what is inside a document."""
    document.setdefault("inner", []).append(document.get("n"))


def shrink(document: Any) -> None:
    """Remove a field."""
    document.pop("n", None)


tables = st.sampled_from(["_default", "a", 'b,"\u20ac'])
ids = st.integers(-2, 12)
numbers = st.integers(0, 3) | st.just(1.0) | st.just(True)
documents = st.dictionaries(st.sampled_from(["n", "m", "text"]), numbers | st.text(max_size=3) | st.none(), max_size=3)
queries = st.sampled_from(
    [
        where("n") == 1,
        where("n") == 2,
        where("m").exists(),
        ~(where("n") == 1),
        (where("n") > 1) & where("m").exists(),
        where("text").test(bool),
        where("inner").any([1]),
    ]
)
changes = st.sampled_from([explode, grow, shrink])


class SameAnswers(RuleBasedStateMachine):
    """Every call goes to both; answers, errors and contents are the same."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.mkdtemp()
        self.memory = JsonInMemory()
        self.stock = self.open_stock()
        self.ours = self.open_ours()

    def open_stock(self) -> TinyDB:
        """Return a stock TinyDB on what is in memory."""
        return TinyDB(storage=self.same_memory)

    def same_memory(self) -> JsonInMemory:
        """Return what stock TinyDB wrote to."""
        return self.memory

    def open_ours(self) -> TinyDB:
        """Return our TinyDB on what is in the file."""
        return open_database(Path(self.folder) / "db", durability="process", compact_bytes=1 << 30)

    def both(self, name: str, call: Callable[[Any], Any]) -> None:
        """Ask both tables of one name."""
        stock, ours = self.stock.table(name), self.ours.table(name)
        expected = outcome(lambda: call(stock))
        assert outcome(lambda: call(ours)) == expected

    @rule(name=tables, document=documents)
    def insert(self, name: str, document: dict[str, Any]) -> None:
        """A new id is the same, also after removals and failures."""
        self.both(name, lambda table: table.insert(document))

    @rule(name=tables, document=documents, number=ids)
    def insert_with_id(self, name: str, document: dict[str, Any], number: int) -> None:
        """An id of one's own; one that is there already is refused."""
        self.both(name, lambda table: table.insert(Document(document, number)))

    @rule(name=tables, some=st.lists(documents, max_size=3), number=ids)
    def insert_many(self, name: str, some: list[dict[str, Any]], number: int) -> None:
        """Many, one with its own id."""
        self.both(name, lambda table: table.insert_multiple([*some, Document({}, number), {"n": 1}]))

    @rule(name=tables)
    def insert_what_is_no_data(self, name: str) -> None:
        """An error that writes nothing."""
        self.both(name, lambda table: table.insert({"n": object()}))
        self.both(name, lambda table: table.insert([1]))
        self.both(name, lambda table: table.insert_multiple([{"n": 1}, {"n": object()}]))

    @rule(name=tables, document=documents, query=queries)
    def update(self, name: str, document: dict[str, Any], query: Any) -> None:
        """Fields of what matches."""
        self.both(name, lambda table: table.update(document, query))

    @rule(name=tables, change=changes, query=queries | st.none())
    def update_by_function(self, name: str, change: Any, query: Any) -> None:
        """Changes in place, also such that fail half way."""
        self.both(name, lambda table: table.update(change, query))

    @rule(name=tables, document=documents, some=st.lists(ids | st.just("1") | st.just(True), max_size=3))
    def update_by_id(self, name: str, document: dict[str, Any], some: list[Any]) -> None:
        """Ids that are not there are skipped."""
        self.both(name, lambda table: table.update(document, doc_ids=some))

    @rule(name=tables, document=documents, query=queries, other=queries)
    def update_many(self, name: str, document: dict[str, Any], query: Any, other: Any) -> None:
        """Several updates in one."""
        self.both(name, lambda table: table.update_multiple([(document, query), (grow, other)]))

    @rule(name=tables, document=documents, query=queries, number=ids | st.none())
    def upsert(self, name: str, document: dict[str, Any], query: Any, number: int | None) -> None:
        """Update or insert."""
        given = document if number is None else Document(document, number)
        self.both(name, lambda table: table.upsert(given, query))

    @rule(name=tables, query=queries)
    def remove(self, name: str, query: Any) -> None:
        """What matches."""
        self.both(name, lambda table: table.remove(query))

    @rule(name=tables, some=st.lists(ids, max_size=3, unique=True))
    def remove_by_id(self, name: str, some: list[int]) -> None:
        """Ids that are not there are skipped."""
        self.both(name, lambda table: table.remove(doc_ids=some))

    @rule(name=tables)
    def truncate(self, name: str) -> None:
        """The table stays, empty."""
        self.both(name, lambda table: table.truncate())

    @rule(name=tables)
    def drop(self, name: str) -> None:
        """The table goes."""
        self.stock.drop_table(name)
        self.ours.drop_table(name)

    @rule()
    def drop_all(self) -> None:
        """All tables go."""
        self.stock.drop_tables()
        self.ours.drop_tables()

    @rule(name=tables, query=queries, number=ids, some=st.lists(ids, max_size=3))
    def ask(self, name: str, query: Any, number: int, some: list[int]) -> None:
        """Everything that can be asked."""
        for call in (
            lambda table: table.search(query),
            lambda table: table.get(query),
            lambda table: table.get(doc_id=number),
            lambda table: table.get(doc_id=str(number)),
            lambda table: table.get(doc_ids=some),
            lambda table: table.get(),
            lambda table: table.contains(query),
            lambda table: table.contains(doc_id=number),
            lambda table: table.count(query),
            lambda table: table.remove(),
        ):
            self.both(name, call)

    @rule(order=st.randoms(use_true_random=False))
    def write_all(self, order: Any) -> None:
        """The storage's own `write`, in another order."""
        for storage in (self.stock.storage, self.ours.storage):
            data = storage.read() or {}
            state = order.getstate()
            for name, kept in data.items():
                keys = list(kept)
                order.shuffle(keys)
                data[name] = {key: kept[key] for key in keys[: 1 + len(keys) // 2]}
            storage.write(data)
            if storage is self.stock.storage:
                order.setstate(state)
        # Stock tables do not notice what goes past them.
        self.reopen(compacted=False)

    @rule(compacted=st.booleans())
    def reopen(self, compacted: bool) -> None:
        """Close and open, before that compact."""
        storage = self.ours.storage
        assert isinstance(storage, JournalStorage)
        if compacted:
            storage.log.compact()
        self.ours.close()
        self.stock, self.ours = self.open_stock(), self.open_ours()

    @invariant()
    def same_contents(self) -> None:
        """All tables with all documents in the same order."""
        assert self.ours.storage.read() == self.stock.storage.read()
        assert self.ours.tables() == self.stock.tables()
        for name in self.stock.tables():
            self.both(name, lambda table: table.all())
            self.both(name, len)
            self.both(name, list)

    def teardown(self) -> None:
        """Remove the file."""
        self.ours.close()
        shutil.rmtree(self.folder)


SameAnswers.TestCase.settings = settings(max_examples=60, stateful_step_count=40)
test_same_answers = SameAnswers.TestCase


def test_stock_tables_work_on_our_storage(tmp_path: Path) -> None:
    """The storage alone is a TinyDB storage like any other."""
    with TinyDB(tmp_path / "db", storage=JournalStorage) as db:
        db.insert_multiple([{"n": number} for number in range(5)])
        db.remove(where("n") == 1)
        db.update({"m": 1}, where("n") == 2)
    with TinyDB(tmp_path / "db", storage=JournalStorage) as db:
        assert [dict(one) for one in db] == [{"n": 0}, {"n": 2, "m": 1}, {"n": 3}, {"n": 4}]


def test_ids_may_be_texts(tmp_path: Path) -> None:
    """TinyDB's hook for another class of ids."""

    class Named(JournalTable):
        document_id_class: Any = str

    storage = JournalStorage(tmp_path / "db")
    table: Any = Named(storage, "named")
    table.insert(Document({"n": 1}, "first"))  # type: ignore[arg-type]
    table.insert(Document({"n": 2}, "2"))  # type: ignore[arg-type]
    table.update({"n": 3}, doc_ids=["2"])
    storage.log.write_snapshot()
    storage.close()
    storage = JournalStorage(tmp_path / "db")
    table = Named(storage, "named")
    assert [(one.doc_id, one["n"]) for one in table] == [("first", 1), ("2", 3)]
    assert table.get(doc_id="2") == {"n": 3}
    storage.close()


def test_two_table_objects_of_one_table(tmp_path: Path) -> None:
    """Neither remembers what the other changed: ids and query results are current."""
    with open_database(tmp_path / "db") as one, open_database(tmp_path / "db") as other:
        assert one.insert({"n": 1}) == 1
        assert other.insert({"n": 1}) == 2
        assert len(one.search(where("n") == 1)) == 2
        other.remove(doc_ids=[1])
        assert len(one.search(where("n") == 1)) == 1
        assert one.insert({"n": 1}) == 3


@pytest.mark.parametrize("persist", [True, False])
def test_an_empty_table_may_persist(tmp_path: Path, persist: bool) -> None:
    """TinyDB's `persist_empty`."""
    with open_database(tmp_path / "db") as db:
        db.table("empty", persist_empty=persist)
    with open_database(tmp_path / "db") as db:
        assert db.tables() == ({"empty"} if persist else set())
