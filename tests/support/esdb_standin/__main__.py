"""Runs the stand-in as a process: `python -m tests.support.esdb_standin --file F --port P`."""

import argparse
import asyncio
import sys
from pathlib import Path

from tests.support.esdb_standin.server import standin


async def main() -> None:
    """Serve until killed; the connection string is the first line written."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", type=Path, help="where records are kept; in memory when absent")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    arguments = parser.parse_args()
    async with standin(arguments.file, arguments.port) as node:
        sys.stdout.write(f"{node.connection_string}\n")
        sys.stdout.flush()
        await node.serve()


if __name__ == "__main__":
    asyncio.run(main())
