"""What the tables of notification's read model share."""

from typing import Final

from sqlalchemy import MetaData

TABLES: Final = MetaData()
ID_CHARACTERS: Final = 36
DATE_CHARACTERS: Final = 32
