"""Files are kept by their content: durable, found by hash, never wrong, erased for good."""

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from shared.host.files import DamagedFileError, FolderFiles

CONTENT = b"%PDF-1.7 minh chung"
HASH = hashlib.sha256(CONTENT).hexdigest()


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


async def test_what_is_put_is_found_by_its_hash_and_kept_once(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "files")
    assert await files.put(CONTENT) == HASH
    assert await files.put(CONTENT) == HASH
    assert await FolderFiles(tmp_path / "files").get(HASH) == CONTENT
    assert names(tmp_path) == [HASH]


async def test_the_same_content_put_at_once_is_kept_once(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    assert set(await asyncio.gather(*(files.put(CONTENT) for _ in range(8)))) == {HASH}
    assert names(tmp_path) == [HASH]


async def test_what_was_never_put_is_not_there_whatever_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "data" / "files"
    folder.mkdir(parents=True)
    files = FolderFiles(folder)
    (tmp_path / "secret").write_bytes(b"secret")
    for name in (HASH, "", "../secret", "../../secret", HASH.upper(), HASH + "\n"):
        assert await files.get(name) is None
        assert await files.erase(name) is False
    assert names(tmp_path) == ["secret"]


async def test_a_damaged_file_is_told_and_putting_it_again_mends_it(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    await files.put(CONTENT)
    (tmp_path / HASH[:2] / HASH).write_bytes(CONTENT[:-1])
    with pytest.raises(DamagedFileError):
        await files.get(HASH)
    await files.put(CONTENT)
    assert await files.get(HASH) == CONTENT


async def test_an_erased_file_is_gone_for_good(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path)
    await files.put(CONTENT)
    assert await files.erase(HASH) is True
    assert await files.erase(HASH) is False
    assert await files.get(HASH) is None
    assert names(tmp_path) == []


async def test_a_failed_write_leaves_no_name_with_less_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    files = FolderFiles(tmp_path)
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            await files.put(CONTENT)
    assert names(tmp_path) == []
    assert await files.get(HASH) is None
