"""What a fix does to `from` imports: names that it needs, and names that nothing needs any more."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from pathlib import PurePath

from rnglint.diagnostics import Edit, Position, Span
from rnglint.facts.model import Facts, Import
from rnglint.rewrite.words import code, words

_PLAIN_FROM = re.compile(r"from\s+[\w.]+\s+import\s+[^()\\#\n]+")


def unused_after(facts: Facts, module: str, gone: Collection[Span]) -> frozenset[str]:
    """The names imported from `module` that nothing uses once the places in `gone` are edited."""
    imports = [item for item in facts.imports if _is_of(item, module)]
    if not imports or PurePath(facts.source.filename).name == "__init__.py":
        return frozenset()
    counts, text = words(facts.source.program), code(facts.source.program)
    unused = set()
    for item in imports:
        uses = {use.span for use in facts.references if use.text == item.bound}
        quoted = re.search(rf"[\"']{item.bound}[\"']", facts.source.program)
        attributes = len(re.findall(rf"\.\s*{item.bound}\b", text))
        mentions = counts[item.bound] - attributes - 1
        if uses and uses <= set(gone) and mentions == len(uses) and not quoted:
            unused.add(item.bound)
    return frozenset(unused)


def dropped(
    facts: Facts, module: str, gone: Collection[Span], made: Iterable[Edit]
) -> Iterator[Edit]:
    """The edits that drop what is unused after `made` from the imports that those leave alone."""
    unused = unused_after(facts, module, gone)
    touched = {(edit.span.cell, edit.span.start.row) for edit in made}
    listed: defaultdict[Span, list[Import]] = defaultdict(list)
    for item in facts.imports:
        listed[item.span].append(item)
    for span, items in listed.items():
        names = {item.bound for item in items if _is_of(item, module)} & unused
        if not names or (span.cell, span.end.row) in touched:
            continue
        edit = _line(facts, items[0]) if len(names) == len(items) else relisted(facts, span, names)
        if edit:
            yield edit


def relisted(facts: Facts, span: Span, unused: Collection[str], added: str = "") -> Edit | None:
    """The edit that takes names out of a `from` import and puts one in; None for one not plain."""
    text = facts.text(span)
    if not _PLAIN_FROM.fullmatch(text) or code(text) != text:
        return None
    head, _, names = text.partition(" import ")
    parts = [part.strip() for part in names.split(",")]
    kept = [part for part in parts if part.split()[-1] not in unused]
    return Edit(span, f"{head} import {', '.join([*kept, *([added] if added else [])])}")


def _is_of(item: Import, module: str) -> bool:
    """Whether an import binds a name of `module`."""
    return item.qualified.rpartition(".")[0] == module and item.bound != "*"


def _line(facts: Facts, item: Import) -> Edit | None:
    """The edit that takes out the line of an import, which is not all that its block holds."""
    statement = facts.statements[item.statement]
    beside = any(
        other.block == statement.block and other.index != statement.index
        for other in facts.statements
    )
    row, last = statement.span.start.row, statement.span.end.row
    line = facts.source.line(statement.span.cell, last)[statement.span.end.column - 1 :]
    if not statement.alone or not beside or line.strip():
        return None
    return Edit(Span(Position(row, 1), Position(last + 1, 1), statement.span.cell), "")
