"""What the tables of registration's read model have in common."""

from typing import Final

from sqlalchemy import MetaData

TABLES: Final = MetaData()
ID_CHARACTERS: Final = 36
DATE_CHARACTERS: Final = 32
