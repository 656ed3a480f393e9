"""What HOUSE promises of the code itself: sizes, names, words, who claims what. Import contracts: `make check`."""

import ast
import importlib.metadata
import re
import statistics
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from watch.environment import every_setting

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (
    "terms",
    "spiders",
    "warehouse",
    "ledger",
    "needs",
    "nlp",
    "network",
    "digests",
    "watch",
    "desk",
    "flows",
    "varde",
)
FORBIDDEN_NAMES = {
    "data",
    "info",
    "result",
    "object",
    "process",
    "handle",
    "manager",
    "helper",
    "util",
    "misc",
    "common",
}


def sources() -> list[Path]:
    return [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]


def functions() -> Iterator[tuple[Path, ast.FunctionDef | ast.AsyncFunctionDef]]:
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield path, node


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of the body without its docstring."""
    first = node.body[0]
    has_doc = (
        isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    )
    end = node.end_lineno or node.lineno
    return end - (first.end_lineno or first.lineno) if has_doc else end - first.lineno + 1


def test_functions_are_short() -> None:
    """HOUSE 11: median <= 8 lines, 90 % <= 25, none > 40."""
    sizes = {f"{path.relative_to(ROOT)}:{node.lineno} {node.name}": body_lines(node) for path, node in functions()}
    assert statistics.median(sizes.values()) <= 8
    assert sorted(sizes.values())[int(len(sizes) * 0.9)] <= 25
    assert {name: size for name, size in sizes.items() if size > 40} == {}


def test_files_are_small() -> None:
    """HOUSE 11: median <= 90 lines, none > 300."""
    sizes = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert statistics.median(sizes.values()) <= 90
    assert {name: size for name, size in sizes.items() if size > 300} == {}


def test_every_room_says_what_it_is_for() -> None:
    """A room that is not needed yet holds only its sentence."""
    for room in ROOMS:
        assert ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text("utf-8"))), room


def test_every_public_function_and_class_has_a_docstring() -> None:
    """What, units and shapes, errors raised."""
    silent = []
    for path in sources():
        for node in ast.parse(path.read_text("utf-8")).body:
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            if named and not node.name.startswith("_") and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_names_say_something() -> None:
    """HOUSE 11: no data, info, result, helper … as a name of a file, a function or a variable."""
    found = [str(path.relative_to(ROOT)) for path in sources() if path.stem in FORBIDDEN_NAMES]
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = (
                node.id
                if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
                else getattr(node, "name", None)
            )
            if isinstance(node, ast.arg):
                name = node.arg
            if isinstance(name, str) and name in FORBIDDEN_NAMES:
                found.append(f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', '?')} {name}")
    assert found == []


def test_no_blanket_except_outside_the_boundaries() -> None:
    """HOUSE 10: only the per-source boundary and the outermost door may catch everything."""
    allowed = {
        "watch/apart.py",
        "spiders/feedchild.py",
        "spiders/spider.py",
        "spiders/visit.py",
        "spiders/haul.py",
        "spiders/crawl.py",
    }
    found = {
        str(path.relative_to(ROOT))
        for path in sources()
        if re.search(r"except (Exception|BaseException)\b(?!.*\n\s+(\S+\n\s+)?raise)", path.read_text("utf-8"))
    }
    assert found <= allowed | {"warehouse/store.py"}, found - allowed


def test_only_its_room_knows_a_library() -> None:
    """HOUSE 3; the doors and watch reach a library only through its room."""
    keepers = {
        "prefect": {"flows"}, "scrapy": {"spiders"}, "feedparser": {"spiders"}, "duckdb": {"warehouse"},
        "sqlalchemy": {"ledger"}, "spacy": {"nlp"}, "sklearn": {"nlp"}, "jinja2": {"digests", "desk"},
        "smtplib": {"digests"}, "fastapi": {"desk"},
    }  # fmt: skip
    strangers = []
    for path in sources():
        room = path.relative_to(ROOT).parts[0]
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            modules = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            modules += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            strangers += [
                f"{path.relative_to(ROOT)} imports {m}"
                for m in modules
                if room not in keepers.get(m.split(".")[0], {room})
            ]
    assert strangers == []


def test_every_library_that_is_imported_is_declared() -> None:
    """What comes only through others may go with them."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    declared = {re.split(r"[\[<>=~ ]", line)[0].lower().replace("_", "-") for line in wanted}
    claims = importlib.metadata.packages_distributions()
    strangers = {
        module
        for path in sources()
        for module in imported(path)
        if module not in sys.stdlib_module_names
        and module not in ROOMS
        and declared.isdisjoint(name.lower().replace("_", "-") for name in claims.get(module, ()))
    }
    assert strangers == set()


def imported(path: Path) -> set[str]:
    """Top-level names of what a file imports."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def test_no_bulk_by_row_and_no_conflict_without_target() -> None:
    """RELIABILITY D-20: no executemany, no `on conflict do nothing` without a target."""
    texts = {p: p.read_text("utf-8").lower() for p in [*sources(), *(ROOT / "warehouse").rglob("*.sql")]}
    assert [str(p) for p, text in texts.items() if "executemany(" in text or "on conflict do nothing" in text] == []


def test_feedparser_is_only_given_bytes() -> None:
    """RELIABILITY 1, fact 2: anything else may open files and addresses."""
    for path in (ROOT / "spiders").rglob("*.py"):
        for call in re.findall(r"feedparser\.parse\(([^)]*)", path.read_text("utf-8")):
            assert call.strip().startswith("io.BytesIO("), f"{path}: {call}"


def test_env_example_is_complete() -> None:
    """HOUSE 10: every setting once, with what it is for; nothing that is none."""
    listed = re.findall(r"^#? ?(VARDE_[A-Z_]+)=", (ROOT / ".env.example").read_text("utf-8"), flags=re.M)
    assert sorted(listed) == sorted(setting.variable for setting in every_setting())
    assert [setting.variable for setting in every_setting() if not setting.says] == []


def test_importing_reads_and_creates_nothing(tmp_path: Path) -> None:
    """HOUSE 10: a room can be imported anywhere, without environment."""
    code = f"import {', '.join(ROOMS)}, watch.house, watch.digest, watch.deliver, varde.main"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env={"PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.iterdir()) == []


def test_no_installed_distribution_claims_our_names() -> None:
    """HOUSE 3: the rooms have plain names, so Varde runs in an environment of its own."""
    claims = importlib.metadata.packages_distributions()
    assert {room: claims.get(room, []) for room in ROOMS if set(claims.get(room, [])) - {"varde"}} == {}


def test_the_project_is_private_and_has_one_command() -> None:
    """An application, not a library."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert "Private :: Do Not Upload" in project["classifiers"]
    assert list(project["scripts"]) == ["varde"]


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock", "requirements-boot.lock"])
def test_locks_have_hashes_and_name_no_host(lock: str) -> None:
    """Every pin carries hashes; no registry's host is written down."""
    text = (ROOT / lock).read_text("utf-8")
    pins = re.findall(r"^[a-z0-9].*==", text, flags=re.M)
    assert pins
    assert text.count("--hash=sha256:") >= len(pins)
    assert "://" not in text


def test_why_each_dependency_is_there_stands_beside_it() -> None:
    """A dependency that nobody can explain goes."""
    block = (ROOT / "pyproject.toml").read_text("utf-8").split("dependencies = [", 1)[1].split("\n]", 1)[0]
    lines = [line for line in block.splitlines() if line.strip().startswith('"')]
    assert lines
    assert [line for line in lines if "#" not in line] == []
