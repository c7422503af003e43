"""Files by their content: kept under the SHA-256 of their bytes, outside the log, which holds the hash alone."""

import asyncio
import hashlib
import os
import re
import tempfile
from pathlib import Path
from typing import Final, Protocol

_HASH: Final = re.compile(r"[0-9a-f]{64}")
_UNFINISHED: Final = ".part"


def hash_of(content: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(content).hexdigest()


class DamagedFileError(Exception):
    """What lies under a hash does not have it: the medium lost or someone changed it."""


class FileStore(Protocol):
    """Where a service keeps files. Safe for concurrent use, by several processes too."""

    async def put(self, content: bytes) -> str:
        """Keep `content`; its SHA-256 in hex. Durable on return, so that an event written afterwards never
        lacks its file. The same content is kept once. Raises OSError where it could not be kept.
        """
        ...

    async def get(self, sha256: str) -> bytes | None:
        """The content, None where there is none or it was erased. Raises DamagedFileError."""
        ...

    async def erase(self, sha256: str) -> bool:
        """Delete the content for good; the hash in the log then leads to nothing. False if there is none."""
        ...


class FolderFiles:
    """Files in a folder, in subfolders by the first two digits of their hash.

    A crash while one is written leaves a `.part` file that nobody reads, never a name with less behind it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def put(self, content: bytes) -> str:
        """See FileStore.put."""
        return await asyncio.to_thread(self._put, content)

    async def get(self, sha256: str) -> bytes | None:
        """See FileStore.get."""
        return await asyncio.to_thread(self._get, sha256)

    async def erase(self, sha256: str) -> bool:
        """See FileStore.erase."""
        return await asyncio.to_thread(self._erase, sha256)

    def _put(self, content: bytes) -> str:
        sha256 = hash_of(content)
        path = self._path(sha256)
        try:
            if self._get(sha256) is not None:
                return sha256
        except DamagedFileError:
            pass  # what is damaged is written again
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, unfinished = tempfile.mkstemp(suffix=_UNFINISHED, dir=path.parent)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(path)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
        # The names too must outlive a power failure: the file's, and those of folders made for it.
        for folder in (path.parent, self._folder, self._folder.parent):
            _sync(folder)
        return sha256

    def _get(self, sha256: str) -> bytes | None:
        if _HASH.fullmatch(sha256) is None:
            return None
        try:
            content = self._path(sha256).read_bytes()
        except FileNotFoundError:
            return None
        if hash_of(content) != sha256:
            raise DamagedFileError(sha256)
        return content

    def _erase(self, sha256: str) -> bool:
        if _HASH.fullmatch(sha256) is None:
            return False
        path = self._path(sha256)
        try:
            path.unlink()
        except FileNotFoundError:
            return False
        _sync(path.parent)
        return True

    def _path(self, sha256: str) -> Path:
        return self._folder / sha256[:2] / sha256


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
