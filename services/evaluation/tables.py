"""Where evaluation's tables are declared, in whichever module they stand."""

from typing import Final

from sqlalchemy import MetaData

TABLES: Final = MetaData()
ID_CHARACTERS: Final = 36
TIME_CHARACTERS: Final = 32
