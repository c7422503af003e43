"""Papers from which is entered on behalf of others. Stream `paper_registration-<paper id>`; the rules are everybody's."""

from typing import Final

from shared.domain.paper import Papers, keeping

PAPERS: Final[Papers] = keeping("registration")
